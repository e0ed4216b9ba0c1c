/** 실패할 수 있는 작업을 다시 시도한다. 결제와 재고 서버를 부를 때 쓴다. */

export interface RetryOptions {
  /** 최대 시도 횟수. */
  attempts: number;
  /** 첫 번째 실패 뒤에 기다리는 시간(밀리초). 실패할 때마다 두 배가 된다. */
  baseDelayMs: number;
}

const sleep = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

export async function retry<T>(task: () => Promise<T>, options: RetryOptions): Promise<T> {
  let lastError: unknown;
  for (let attempt = 0; attempt <= options.attempts; attempt++) {
    try {
      return await task();
    } catch (error) {
      lastError = error;
      // 지수 백오프: 서버가 숨을 돌릴 틈을 준다.
      await sleep(options.baseDelayMs * 2 ** attempt);
    }
  }
  throw lastError;
}
