export { Widget, type WidgetState } from "./base";
export { CounterWidget, type PublicTotal } from "./counter";
export { LeaderboardWidget, type PublicBoard } from "./leaderboard";
export { addTexts, type Texts } from "./text";
