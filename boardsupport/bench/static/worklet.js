// The audio thread's side of sound.js.

import { Earpiece, Mouthpiece, RATE } from "/static/stream.js";

registerProcessor("earpiece", class extends AudioWorkletProcessor {
  constructor() {
    super();
    this.earpiece = new Earpiece();
    this.port.onmessage = ({ data }) => this.earpiece.push(data);
  }

  process(_, [[output]]) {
    this.earpiece.fill(output, RATE / sampleRate);
    return true;
  }
});

registerProcessor("mouthpiece", class extends AudioWorkletProcessor {
  constructor() {
    super();
    this.mouthpiece = new Mouthpiece();
  }

  process([[input]]) {
    if (input) this.mouthpiece.push(input, sampleRate / RATE, (samples) => this.port.postMessage(samples));
    return true;
  }
});
