/** What a customer pays for a cart. Amounts are whole numbers in the smallest unit of the currency. */

export interface CartItem {
  sku: string;
  name: string;
  category: "book" | "food" | "other";
  unitPrice: number;
  quantity: number;
}

export interface Coupon {
  code: string;
  percentOff: number;
  minimum: number;
}

export function cartTotal(items: CartItem[], coupon: Coupon | undefined, country: string): number {
  let total = 0;
  let tax = 0;
  for (let i = 0; i < items.length; i++) {
    const item = items[i];
    if (item !== undefined) {
      if (item.quantity > 0) {
        let price = item.unitPrice * item.quantity;
        if (item.quantity >= 10) {
          price = price * 0.95;
        }
        total = total + price;
        if (country === "KR") {
          if (item.category !== "book") {
            tax = tax + price * 0.1;
          }
        } else if (country === "JP") {
          if (item.category === "food") {
            tax = tax + price * 0.08;
          } else {
            tax = tax + price * 0.1;
          }
        } else if (country === "DE") {
          if (item.category === "book" || item.category === "food") {
            tax = tax + price * 0.07;
          } else {
            tax = tax + price * 0.19;
          }
        }
      }
    }
  }
  if (coupon !== undefined) {
    if (total >= coupon.minimum) {
      total = total - total * (coupon.percentOff / 100);
    }
  }
  if (total < 5000) {
    total = total + 490;
  }
  return Math.round(total + tax);
}
