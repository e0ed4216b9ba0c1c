"""Sales per category from a CSV export of the shop's orders.

    python3 tools/report.py data/orders.csv
"""

import csv
import sys


def summarise(rows):
    result = {}
    for row in rows:
        category = row["category"]
        amount = int(row["quantity"]) * int(row["unit_price"])
        if category in result:
            result[category]["lines"] = result[category]["lines"] + 1
            result[category]["amount"] = result[category]["amount"] + amount
        else:
            result[category] = {"lines": 1, "amount": amount}
    total = 0
    for category in result:
        total = total + result[category]["amount"]
    for category in result:
        result[category]["share"] = result[category]["amount"] / total * 100
    return result


def main(path):
    with open(path, newline="", encoding="utf-8") as file:
        summary = summarise(csv.DictReader(file))
    for category, figures in sorted(summary.items()):
        print(f"{category:<8} {figures['lines']:>3} lines {figures['amount']:>8} {figures['share']:5.1f} %")


if __name__ == "__main__":
    main(sys.argv[1])
