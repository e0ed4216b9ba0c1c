/** The notices of a turn that are worth knowing after its end. */
import { isLasting, type Notice } from "../core/events.ts";

/** Counts go up; only the last of a kind is kept. */
export function keepNotice(notices: Notice[], notice: Notice): void {
  if (!isLasting(notice)) return;
  const same = notice.count === undefined ? -1 : notices.findIndex(({ code }) => code === notice.code);
  if (same < 0) notices.push(notice);
  else notices[same] = notice;
}
