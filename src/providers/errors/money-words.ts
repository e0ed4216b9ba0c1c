/** How servers say that money is missing, as told from a key that is refused and from requests that come too fast. */

/** Words of money alone: they mean it whatever the status, and whatever else is said. */
const surely = [
  /insufficient[ _-]?(\w{1,30}[ _-]){0,2}(quota|balance|funds?|credits?)/i,
  /\b(balance|credits?|funds|prepayments?|wallet)\b.{0,40}\b(insufficient|not (enough|sufficient)|too low|depleted|exhausted|used up|r[ua]n out|negative|empty|expired)\b/i,
  /\b(not[ _]enough|(r[ua]n )?out[ _]of|no(?! longer)|negative|zero|without|(does not|doesn['’]?t|do not|don['’]?t) have (any|enough|sufficient)|exceeded your)([ _]\w+){0,3}?[ _](credits?|balance|funds)\b/i,
  /\b(used|spent|consumed|exhausted)( up)? (all|your)( \w+){0,3} (credits?|balance|funds|quota)\b/i,
  /(?<!(thinking|tokens?)[ _])\b((spend(ing)?|cost|credits?|budget|billing)([ _]hard)?[ _](limit|cap)|(budget|exceeded)[ _!]?(has been )?(exceeded|budget))\b/i,
  /(token|user)[ _]quota.{0,20}(not enough|used up|exhausted|insufficient)|quota_(not_enough|exhausted)|TokenStatusExhausted/i,
  /payment[ _-]?required|billing[ _](error|not[ _]active)|requires billing|billing.{0,30}(not enabled|disabled)/i,
  /overdue|arrears?|arrearage|past due|unpaid|^1113\b|ResourcePackExhausted|account is in good standing|exceeded_current_quota/i,
  /FreeTierOnly|free[ _-](tier|quota|trial|credits?)\b.{0,60}\b(exhausted|used up|expired|consumed|ended|depleted|r[ua]n out)\b/i,
  /[余餘][额額量].{0,4}(不足|不够|耗尽|用尽|用完|为0)|[额額]度.{0,4}(不足|不够|用尽|用完|耗尽|失败)|预扣费|欠费|(消费|消費|费用|費用).{0,2}(上限|限额)/,
  /(资源包|套餐|订阅|会员|免费额度|免费试用|免费次数|点数|积分).{0,8}(不足|用尽|用完|耗尽|过期|到期|结束)/,
  /(잔액|잔고|크레딧|예치금|무료 ?(체험|사용량|한도)).{0,12}(부족|소진|없|만료|종료)|요금.{0,8}(미납|연체)|결제.{0,10}(필요|실패|등록)/,
  /(残高|残額|クレジット|無料枠|無料トライアル).{0,14}(不足|足り|使い切|使い果た|枯渇|ありません|なくな|切れ|終了)|(支払い|料金|課金).{0,10}(滞納|未納|必要|失敗)/,
  /saldo insuficiente|cr[eé]ditos? insuficiente|solde insuffisant|cr[eé]dits? insuffisant|guthaben .{0,20}(ausreich|aufgebraucht)|недостаточно средств/i,
];

/** Words that rate limits use as well, when they say how to be given a higher one. */
const perhaps = [
  /\b(top[ -]?up|recharge|purchase|buy|add)( more| some)?( \w+){0,2} (credits?|balance|funds|quota)\b|please (recharge|top[ -]?up)/i,
  /payment method|\bkey[ _]limit\b|usage limits?\b.{0,60}\b(billing|regain access|upgrade)|usage limits?\b.{0,20}\breached\b.{0,40}\bmonth/i,
  /exceeded your current (token )?quota|check your (plan and )?billing|quota exceeded.{0,60}(upgrade|billing|payment)/i,
  /配额.{0,8}(不足|用尽|用完|耗尽)|充值|续费|(쿼터|할당량).{0,10}소진|충전|クォータ.{0,8}使い|チャージ|入金|利用(上限|限度)額/,
];

/** How servers speak of requests that come too fast, or too many at once. */
const tooFast =
  /rate[ _-]?limit|too[ _]many[ _]requests|requests? per|\bper[ _-]?(second|sec|minute|min|hour|day)\b|\b[RTI]P[MSDH]\b|concurren|throttl|频率|速率|每(秒|分钟)|并发|限流|请求过(多|于频繁)|レート|リクエスト(数|が多)|同時|요청.{0,8}(한도|너무|많|제한)|분당/i;

/** Windows so long that asking again within a minute is of no use. */
const longWindow =
  /\b(per|a)[ _-]?(day|week|month)\b|\b(daily|weekly|monthly)\b|\b[RT]PD\b|\b(5|five)[ -]hours?\b|billing cycle|每日|每天|每周|每月|当日|今日|5 ?小时|하루|일일|1日/i;

const shortWindow = /\bper[ _-]?(second|sec|minute|min)\b|\b[RT]P[MS]\b|分钟|分当|분당/i;

/** Google's word for what the free tier does not have at all. */
const nothingFree = /free_tier\w{0,60}, limit: 0\b/;

/** True when the account has no money left. `waits`: the server says when to come back, as it does of rates only. */
export function isAboutMoney(words: string, waits: boolean): boolean {
  if (nothingFree.test(words) || surely.some((pattern) => pattern.test(words))) return true;
  return !waits && !tooFast.test(words) && perhaps.some((pattern) => pattern.test(words));
}

export function isAboutRate(words: string): boolean {
  return tooFast.test(words);
}

/** True for a limit that lasts for hours or days. */
export function isLongLimit(words: string): boolean {
  return longWindow.test(words) && !shortWindow.test(words);
}
