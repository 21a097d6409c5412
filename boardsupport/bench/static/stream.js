// Between 8 kHz and the sound card's rate; used on the audio thread where the browser has one for us.

export const RATE = 8000;
const PREFILL_S = 0.08; // heard this much later, so that the network's unevenness is not
const MOST_S = 0.35; // more than that waits: skip ahead

/** Earpiece: pieces of 8 kHz samples in, any rate out. */
export class Earpiece {
  #waiting = [];
  #count = 0;
  #position = 0;
  #playing = false;

  /** Samples as they arrive (Int16Array); too many are dropped, oldest first. */
  push(samples) {
    this.#waiting.push(samples);
    this.#count += samples.length;
    while (this.#count > MOST_S * RATE && this.#waiting.length > 1) {
      this.#count -= this.#waiting.shift().length;
      this.#position = 0;
    }
  }

  /** Fill `output` at `step` input samples each, by straight lines between samples. */
  fill(output, step) {
    if (!this.#playing && this.#count < PREFILL_S * RATE) return output.fill(0);
    this.#playing = true;
    for (let i = 0; i < output.length; i++) {
      const piece = this.#waiting[0];
      if (!piece) {
        this.#playing = false;
        return output.fill(0, i);
      }
      const at = Math.floor(this.#position);
      const next = at + 1 < piece.length ? piece[at + 1] : (this.#waiting[1]?.[0] ?? piece[at]);
      output[i] = (piece[at] + (next - piece[at]) * (this.#position - at)) / 32768;
      this.#position += step;
      if (this.#position >= piece.length) {
        this.#position -= piece.length;
        this.#count -= piece.length;
        this.#waiting.shift();
      }
    }
    return output;
  }
}

/** Mouthpiece: any rate in, pieces of 20 ms at 8 kHz out (the input is band-limited already). */
export class Mouthpiece {
  #left = 0;
  #samples = [];

  /** Take samples; `send` gets each Int16Array of 160. */
  push(input, step, send) {
    for (; this.#left < input.length; this.#left += step) {
      this.#samples.push(Math.max(-1, Math.min(1, input[Math.floor(this.#left)])) * 32767);
    }
    this.#left -= input.length;
    while (this.#samples.length >= 160) send(Int16Array.from(this.#samples.splice(0, 160)));
  }
}
