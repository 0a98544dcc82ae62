/** Lines that say what the set-up is doing, each with the seconds since the process began. */
export class Progress {
  #quiet;

  /** @param {{ quiet: boolean }} options quiet: only problems are said */
  constructor({ quiet }) {
    this.#quiet = quiet;
  }

  say(line) {
    if (!this.#quiet) console.log(`${this.#elapsed()}  ${line}`);
  }

  /** Says `line` again and again while `work` takes long, so that nobody thinks that it hangs. */
  async during(line, work, everyMs = 10_000) {
    this.say(line);
    const began = performance.now();
    const timer = setInterval(() => {
      this.say(`${line}: still at it after ${Math.round((performance.now() - began) / 1000)} s`);
    }, everyMs);
    try {
      return await work();
    } finally {
      clearInterval(timer);
    }
  }

  #elapsed() {
    return `${(performance.now() / 1000).toFixed(1).padStart(6)} s`;
  }
}
