/** An account without money, told from a wrong key, a wrong place and a rate limit, in whatever words and with whatever status. */
import assert from "node:assert/strict";
import { reportedError, responseError } from "../../../src/providers/errors/errors.ts";

const context = { host: "api.example.com", provider: "p", model: "m" };
const headers = {};

type Row = [who: string, status: number, body: unknown];
const error = (message: string, more: object = {}) => ({ error: { message, ...more } });

const withoutMoney: Row[] = [
  [
    "xAI, a new team",
    403,
    {
      code: "The caller does not have permission to execute the specified operation",
      error: "Your newly created team doesn't have any credits or licenses yet. You can purchase those on https://x.",
    },
  ],
  [
    "xAI, all used",
    429,
    {
      code: "Some resource has been exhausted",
      error:
        "Your team t has either used all available credits or reached its monthly spending limit. To continue making API requests, please purchase more credits or raise your spending limit.",
    },
  ],
  [
    "Kimi, suspended",
    429,
    error("Your account org-1 <ak-1> is suspended, please check your plan and billing details", {
      type: "exceeded_current_quota_error",
    }),
  ],
  ["Kimi, tokens", 403, error("You exceeded your current token quota: 0, please check your account balance")],
  [
    "Kimi, not active",
    429,
    error("Your account is not active, current state: insufficient balance, please recharge your account"),
  ],
  [
    "new-api, user",
    403,
    error("用户额度不足, 剩余额度: ＄0.000000", { type: "new_api_error", code: "insufficient_user_quota" }),
  ],
  ["new-api, held in advance", 403, error("预扣费额度失败, 用户剩余额度: ＄0.01, 需要预扣费额度: ＄0.05")],
  ["new-api, token", 401, error("该令牌额度已用尽 TokenStatusExhausted[sk-abc***xyz]", { type: "new_api_error" })],
  ["new-api, token in English", 403, error("token quota is not enough, token remain quota: $0.00, need quota: $0.01")],
  ["one-api, token", 401, error("该令牌额度已用尽", { type: "one_api_error" })],
  ["one-api, user", 403, error("user quota is not enough", { type: "one_api_error" })],
  ["a relay", 429, { code: 429, message: "账户余额不足，请充值后再试" }],
  ["a relay in the traditional script", 400, { error: "您的餘額不足，請先充值" }],
  [
    "Gemini, prepaid",
    429,
    error("Your prepayment credits are depleted. Please go to AI Studio to manage your project and billing.", {
      status: "RESOURCE_EXHAUSTED",
    }),
  ],
  [
    "Gemini, spending cap",
    429,
    error("Your project has exceeded its monthly spending cap.", { status: "RESOURCE_EXHAUSTED" }),
  ],
  [
    "Gemini, a model that is not free at all",
    429,
    [
      {
        error: {
          code: 429,
          message:
            "You exceeded your current quota, please check your plan and billing details. * Quota exceeded for metric: generativelanguage.googleapis.com/generate_content_free_tier_requests, limit: 0, model: gemini-3-pro Please retry in 34.07s.",
          status: "RESOURCE_EXHAUSTED",
          details: [{ retryDelay: "34s" }],
        },
      },
    ],
  ],
  ["Google, billing", 403, error("This API method requires billing to be enabled.", { status: "PERMISSION_DENIED" })],
  [
    "Aliyun, free tier only",
    403,
    {
      code: "AllocationQuota.FreeTierOnly",
      message:
        'The free tier of the model has been exhausted. If you wish to continue access the model on a paid basis, please disable the "use free tier only" mode in the management console.',
    },
  ],
  [
    "Aliyun, arrears",
    400,
    error("Access denied, please make sure your account is in good standing.", { code: "Arrearage" }),
  ],
  ["MiniMax, status 200", 200, { base_resp: { status_code: 1008, status_msg: "insufficient balance" } }],
  ["MiniMax without words", 200, { choices: null, base_resp: { status_code: 1008 } }],
  ["Zhipu", 429, error("您的账户已欠费，请充值后重试。", { code: "1113" })],
  ["Z.ai", 429, error("Insufficient balance or no resource package. Please recharge.", { code: "1113" })],
  ["DeepSeek", 402, error("Insufficient Balance")],
  ["OpenAI", 429, error("You exceeded your current quota, please check your plan.", { code: "insufficient_quota" })],
  ["OpenAI, status 200", 200, error("You exceeded your current quota.", { type: "insufficient_quota" })],
  ["OpenAI, hard limit", 400, error("Billing hard limit has been reached", { code: "billing_hard_limit_reached" })],
  ["Anthropic", 400, error("Your credit balance is too low to access the Anthropic API.")],
  [
    "Anthropic, own limit",
    400,
    error("You have reached your specified API usage limits. You will regain access on 2027-01-01."),
  ],
  ["OpenRouter", 402, error("Insufficient credits. Add more using https://x/credits", { code: 402 })],
  ["OpenRouter, afford", 402, error("This request requires more credits, or fewer max_tokens.", { code: 402 })],
  [
    "OpenRouter, a key's limit",
    403,
    error("Key limit exceeded (monthly limit). Manage it using https://x", { code: 403 }),
  ],
  ["SiliconFlow", 403, { code: 30001, message: "Sorry, your account balance is insufficient", data: null }],
  [
    "Volcengine",
    403,
    error("The request failed because your account has an overdue balance.", { code: "AccountOverdueError" }),
  ],
  ["LiteLLM", 400, error("Budget has been exceeded! Current cost: 0.1, Max budget: 0.1", { type: "budget_exceeded" })],
  ["sub2api", 403, { code: "INSUFFICIENT_BALANCE", message: "Insufficient account balance" }],
  ["Novita", 400, { code: 403, reason: "NOT_ENOUGH_BALANCE", message: "not_enough_balance" }],
  ["a router's month", 403, error("You have exceeded your monthly included credits for Inference Providers.")],
  ["a router's limit", 429, error("Credit limit exceeded, please navigate to your settings")],
  ["Fireworks", 412, error("Account x is suspended, possibly due to reaching the monthly spending limit")],
  ["Tencent", 400, { error: { code: "FailedOperation.FreeResourcePackExhausted", message: "免费资源包余量已用尽。" } }],
  ["a number of Zhipu's alone", 429, { error: { code: "1113" } }],
  ["OpenAI, not active", 429, error("Your account is not active, please check your billing details on our website.")],
  ["a membership that ended", 403, { message: "您的会员已过期，请续费" }],
  ["in Spanish", 403, { message: "Saldo insuficiente" }],
  ["in Korean", 403, { message: "크레딧이 부족합니다. 충전 후 다시 시도해 주세요." }],
  ["in Korean, balance", 400, { error: { message: "잔액이 부족합니다" } }],
  ["in Japanese", 403, { message: "残高が不足しています。チャージしてください。" }],
  ["in Japanese, credit", 429, { error: { message: "クレジットを使い切りました" } }],
  ["in Chinese, package", 403, { message: "资源包已用尽，请购买" }],
  ["an event with status 200 and Chinese words", 200, { code: 40301, msg: "额度不足" }],
];

/** What is no matter of money although it sounds like it, and what it is. */
const others: [...Row, kind: string, retryable: boolean][] = [
  [
    "OpenAI's rate limit, which names billing",
    429,
    error(
      "Rate limit reached for gpt-4o on tokens per min (TPM): Limit 30000, Used 29000. Please try again in 2s. You can increase your rate limit by adding a payment method to your account at https://x/billing.",
      { code: "rate_limit_exceeded" },
    ),
    "rate-limited",
    true,
  ],
  [
    "Google's rate limit, which names the plan",
    429,
    error(
      "You exceeded your current quota, please check your plan and billing details. * Quota exceeded for metric: generate_content_free_tier_requests, limit: 15 Please retry in 34.07s.",
      { status: "RESOURCE_EXHAUSTED" },
    ),
    "rate-limited",
    true,
  ],
  [
    "Google's short one",
    429,
    error("Resource has been exhausted (e.g. check quota).", { status: "RESOURCE_EXHAUSTED" }),
    "rate-limited",
    true,
  ],
  [
    "OpenRouter's free models, which sell credits",
    429,
    error("Rate limit exceeded: free-models-per-min. Add 10 credits to unlock 1000 free model requests per day"),
    "rate-limited",
    true,
  ],
  [
    "Aliyun's throttling",
    429,
    { code: "Throttling.AllocationQuota", message: "Allocated quota exceeded, please increase your quota limit." },
    "rate-limited",
    true,
  ],
  ["Zhipu's rate", 429, error("您的账户已达到速率限制，请您控制请求频率", { code: "1302" }), "rate-limited", true],
  ["new-api, too many", 429, error("当前分组上游负载已饱和，请稍后再试"), "rate-limited", true],
  [
    "Kimi's rate",
    429,
    error("Your account reached max request, RPM: 3, please try again after 1 seconds", {
      type: "rate_limit_reached_error",
    }),
    "rate-limited",
    true,
  ],
  [
    "MiniMax's rate, status 200",
    200,
    { base_resp: { status_code: 1002, status_msg: "rate limit" } },
    "rate-limited",
    true,
  ],
  ["a rate in Korean, status 200", 200, { code: 1, msg: "요청이 너무 많습니다" }, "rate-limited", true],
  ["a rate in Japanese", 429, error("リクエストが多すぎます"), "rate-limited", true],
  ["a rate in Chinese, status 200", 200, { code: 1302, msg: "请求过于频繁" }, "rate-limited", true],
  [
    "OpenRouter's free models of a day",
    429,
    error("Rate limit exceeded: free-models-per-day. Add 10 credits to unlock 1000 free model requests per day"),
    "rate-limited",
    false,
  ],
  [
    "Azure's rate limit, which names free accounts",
    429,
    error(
      "Requests have exceeded token rate limit of your current S0 pricing tier. Please retry after 20 seconds. For Free Account customers, upgrade to Pay as you Go here",
    ),
    "rate-limited",
    true,
  ],
  [
    "one request larger than a minute's tokens",
    429,
    error(
      "Request too large for gpt-4o on tokens per min (TPM): Limit 30000, Requested 50000. The input or output tokens must be reduced in order to run successfully.",
      { code: "rate_limit_exceeded" },
    ),
    "context-too-long",
    false,
  ],
  ["a key's limit of requests", 429, error("API key limit exceeded: 10 requests per minute"), "rate-limited", true],
  ["a quota of a minute in Chinese", 429, error("每分钟请求配额已用尽"), "rate-limited", true],
  ["an address in Korean", 404, error("엔드포인트를 찾을 수 없습니다"), "not-found", false],
  ["an address in Japanese", 404, error("エンドポイントがありません"), "not-found", false],
  ["a budget of thoughts", 400, error("thinking budget exceeded max_tokens"), "bad-request", false],
  ["what is no longer taken", 400, error("This endpoint no longer accepts balance headers"), "bad-request", false],
  ["a limit of days", 429, error("You have reached the daily request limit."), "rate-limited", false],
  [
    "a limit of hours",
    429,
    error("已达到 5 小时的使用上限。您的限额将在 2027-01-01 重置", { code: "1308" }),
    "rate-limited",
    false,
  ],
  [
    "Groq's limit of the day, with the time to wait",
    429,
    error(
      "Rate limit reached on tokens per day (TPD): Limit 100000. Please try again in 7m33.6s. Need more tokens? Upgrade at https://x/settings/billing",
    ),
    "rate-limited",
    true,
  ],
  [
    "a region",
    403,
    error("Country, region, or territory not supported", { code: "unsupported_country_region_territory" }),
    "refused",
    false,
  ],
  ["a permission", 403, error("Your team does not have permission to use this model"), "unauthorized", false],
  [
    "insufficient permissions",
    403,
    error("You have insufficient permissions for this operation. Missing scopes: model.request"),
    "unauthorized",
    false,
  ],
  ["a plan without the model", 403, error("Your plan does not include access to this endpoint"), "unauthorized", false],
  ["a key", 401, error("该令牌已过期"), "unauthorized", false],
  [
    "a key in MiniMax's words",
    200,
    { base_resp: { status_code: 1004, status_msg: "login fail: Please carry the API secret key" } },
    "unauthorized",
    false,
  ],
  ["a code and a message", 200, { code: 401, msg: "invalid api key", success: false }, "unauthorized", false],
  [
    "what MiniMax will not read",
    200,
    { base_resp: { status_code: 1026, status_msg: "input new_sensitive" } },
    "refused",
    false,
  ],
  [
    "a server without capacity",
    503,
    error("The service is overloaded: credit to the queue, try later"),
    "overloaded",
    true,
  ],
  ["a busy server, status 200", 200, { code: 50001, msg: "系统繁忙，请稍后再试" }, "reported", true],
];

const built = (status: number, body: unknown) =>
  status === 200 ? reportedError(body, context) : responseError({ status, headers }, JSON.stringify(body), context);

describe("no money", () => {
  for (const [who, status, body] of withoutMoney) {
    it(`is what ${who} says with ${status}`, () => {
      const { kind, retryable } = built(status, body);
      assert.deepEqual([kind, retryable], ["no-credit", false]);
    });
  }
  it("stays so when the server asks to be asked again", () => {
    const { kind, retryable } = responseError(
      { status: 429, headers: { "x-should-retry": "true" } },
      '{"error":"余额不足"}',
      context,
    );
    assert.deepEqual([kind, retryable], ["no-credit", false]);
  });
});

describe("what sounds like money", () => {
  for (const [who, status, body, expected, again] of others) {
    it(`is ${expected}: ${who}, ${status}`, () => {
      const { kind, retryable } = built(status, body);
      assert.deepEqual([kind, retryable], [expected, again]);
    });
  }
});

describe("how long to wait", () => {
  for (const [said, seconds] of [
    ["Please retry in 34.07s.", 34.07],
    ["Please try again in 500ms.", 0.5],
    ["try again in 7m33.6s", 453.6],
    ["try again after 30 seconds", 30],
    ["Try again in 2 minutes", 120],
    ["Please try again later", undefined],
  ] as const) {
    it(`is read from “${said}”`, () => {
      const { details } = responseError(
        { status: 429, headers },
        JSON.stringify({ error: { message: said } }),
        context,
      );
      assert.equal(details.seconds, seconds);
    });
  }
});
