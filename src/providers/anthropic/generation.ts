/** What the name of one of Anthropic's models tells of its age. */

/** 4.5 of "claude-sonnet-4-5-20250929" or "anthropic/claude-sonnet-4.5", 0 where the name does not tell. */
export function generationOf(model: string): number {
  const [, major, minor] = /claude-[a-z]+-(\d{1,2})(?:[-.](\d{1,2}))?(?!\d)/.exec(model) ?? [];
  return major === undefined ? 0 : Number(`${major}.${minor ?? 0}`);
}
