interface Rolling {
  from: number;
  to: number;
  began: number;
}

const ROLL_MS = 700;

/** Numbers that roll to where they are going. One loop of frames for all of them, which ends when all have arrived. */
export class Roller {
  #rolling = new Map<HTMLElement, Rolling>();
  #shown = new WeakMap<HTMLElement, number>();
  #frame = 0;

  constructor(private readonly written: (value: number) => string) {}

  /** Let an element's number roll to a value; `calm`: be there at once. */
  roll(element: HTMLElement, to: number, calm: boolean): void {
    const from = this.#shown.get(element);
    if (calm || from === undefined || document.hidden) {
      this.#rolling.delete(element);
      this.#write(element, to);
      return;
    }
    const rolling = this.#rolling.get(element);
    if (rolling ? rolling.to === to : from === to) return;
    this.#rolling.set(element, { from, to, began: performance.now() });
    if (!this.#frame) this.#frame = requestAnimationFrame(this.#step);
  }

  stop(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    for (const [element, { to }] of this.#rolling) this.#write(element, to);
    this.#rolling.clear();
  }

  #step = (now: number): void => {
    for (const [element, { from, to, began }] of this.#rolling) {
      const part = Math.min(1, Math.max(0, (now - began) / ROLL_MS));
      this.#write(element, part === 1 ? to : Math.round(from + (to - from) * (1 - (1 - part) ** 3)));
      if (part === 1) this.#rolling.delete(element);
    }
    this.#frame = this.#rolling.size ? requestAnimationFrame(this.#step) : 0;
  };

  #write(element: HTMLElement, value: number): void {
    if (this.#shown.get(element) === value) return;
    this.#shown.set(element, value);
    element.textContent = this.written(value);
  }
}
