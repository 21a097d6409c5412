// What the browser hears and says: bells, the earpiece of one telephone, the microphone, and a tune to play.

const RATE = 8000;
const PREFILL_S = 0.08; // heard this much later, so that the network's unevenness is not
const MOST_S = 0.35; // more than that waits: we skip ahead

let context = null;

/** The audio context; browsers start it only after a click or key. */
export function wake() {
  context ??= new AudioContext();
  if (context.state === "suspended") context.resume();
  return context;
}

/** Live audio of one handset, both ways. `onLevel(0..1)` follows the earpiece. */
export class Handset {
  constructor(port, onLevel) {
    this.onLevel = onLevel;
    this.waiting = [];
    this.position = 0;
    this.count = 0;
    this.playing = false;
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    this.socket = new WebSocket(`${scheme}://${location.host}/bench/phones/${port}/audio`);
    this.socket.binaryType = "arraybuffer";
    this.socket.onmessage = (event) => this.#receive(new Int16Array(event.data));
    this.#openEarpiece();
  }

  /** Samples waiting in arrival order; too many are dropped, oldest first. */
  #receive(samples) {
    this.waiting.push(samples);
    this.count += samples.length;
    while (this.count > MOST_S * RATE && this.waiting.length > 1) {
      this.count -= this.waiting.shift().length;
      this.position = 0;
    }
    let peak = 0;
    for (const sample of samples) peak = Math.max(peak, Math.abs(sample));
    this.onLevel(peak > 60 ? Math.max(0, 1 + Math.log10(peak / 32767) / 2.5) : 0);
  }

  #openEarpiece() {
    const audio = wake();
    this.source = audio.createScriptProcessor(1024, 0, 1);
    const step = RATE / audio.sampleRate;
    this.source.onaudioprocess = (event) => this.#fill(event.outputBuffer.getChannelData(0), step);
    this.filter = audio.createBiquadFilter();
    this.filter.type = "lowpass";
    this.filter.frequency.value = 3600;
    this.source.connect(this.filter).connect(audio.destination);
  }

  /** Resample to the sound card's rate by straight lines between samples. */
  #fill(output, step) {
    if (!this.playing && this.count < PREFILL_S * RATE) return output.fill(0);
    this.playing = true;
    for (let i = 0; i < output.length; i++) {
      const piece = this.waiting[0];
      if (!piece) {
        this.playing = false;
        return output.fill(0, i);
      }
      const at = Math.floor(this.position);
      const next = at + 1 < piece.length ? piece[at + 1] : (this.waiting[1]?.[0] ?? piece[at]);
      output[i] = (piece[at] + (next - piece[at]) * (this.position - at)) / 32768;
      this.position += step;
      if (this.position >= piece.length) {
        this.position -= piece.length;
        this.count -= piece.length;
        this.waiting.shift();
      }
    }
  }

  /** Speak through the computer's microphone; throws if the browser gives none. */
  async openMicrophone() {
    if (!navigator.mediaDevices) throw new Error("no microphone");
    const audio = wake();
    this.stream = await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true, noiseSuppression: true } });
    const filter = audio.createBiquadFilter();
    filter.type = "lowpass";
    filter.frequency.value = 3400;
    this.sink = audio.createScriptProcessor(1024, 1, 1);
    const step = audio.sampleRate / RATE;
    let left = 0;
    this.sink.onaudioprocess = (event) => {
      const input = event.inputBuffer.getChannelData(0);
      const samples = [];
      for (; left < input.length; left += step) samples.push(Math.max(-1, Math.min(1, input[Math.floor(left)])) * 32767);
      left -= input.length;
      if (this.socket.readyState === WebSocket.OPEN && this.socket.bufferedAmount < 8000) this.socket.send(new Int16Array(samples));
    };
    audio.createMediaStreamSource(this.stream).connect(filter).connect(this.sink).connect(audio.destination);
  }

  closeMicrophone() {
    this.sink?.disconnect();
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.sink = this.stream = null;
  }

  close() {
    this.closeMicrophone();
    this.source.disconnect();
    this.filter.disconnect();
    this.socket.close();
    this.onLevel(0);
  }
}

/** A mechanical bell: two gongs struck in turn, 25 Hz. Returns a function that stops it. */
export function ringBell(pitch) {
  if (!context || context.state !== "running") return () => {};
  const audio = context;
  const volume = audio.createGain();
  volume.gain.setValueAtTime(0, audio.currentTime);
  volume.gain.linearRampToValueAtTime(0.05, audio.currentTime + 0.02);
  const clapper = audio.createGain();
  clapper.gain.value = 0.6;
  const beat = audio.createOscillator();
  beat.type = "square";
  beat.frequency.value = 25;
  const depth = audio.createGain();
  depth.gain.value = 0.4;
  beat.connect(depth).connect(clapper.gain);
  const parts = [1, 1.34, 2.76, 3.71].map((ratio, index) => {
    const gong = audio.createOscillator();
    const share = audio.createGain();
    gong.frequency.value = pitch * ratio;
    share.gain.value = [0.5, 0.4, 0.18, 0.1][index];
    gong.connect(share).connect(clapper);
    gong.start();
    return gong;
  });
  beat.start();
  clapper.connect(volume).connect(audio.destination);
  return () => {
    volume.gain.setTargetAtTime(0, audio.currentTime, 0.12);
    for (const node of [...parts, beat]) node.stop(audio.currentTime + 0.8);
  };
}

/** A short tune as a WAV file (8 kHz, 16 bit), to be spoken into a handset. */
export function tuneWav() {
  const notes = [[523, 0.22], [659, 0.22], [784, 0.22], [1047, 0.42], [784, 0.22], [1047, 0.6]];
  const samples = notes.flatMap(([hz, seconds]) =>
    Array.from({ length: Math.round(seconds * RATE) }, (_, n) => {
      const fade = Math.min(1, n / 80) * Math.exp((-2.2 * n) / (seconds * RATE));
      return 9000 * fade * (Math.sin((2 * Math.PI * hz * n) / RATE) + 0.3 * Math.sin((4 * Math.PI * hz * n) / RATE));
    }),
  );
  const view = new DataView(new ArrayBuffer(44 + samples.length * 2));
  const word = (at, letters) => [...letters].forEach((letter, i) => view.setUint8(at + i, letter.charCodeAt(0)));
  word(0, "RIFF");
  view.setUint32(4, 36 + samples.length * 2, true);
  word(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, RATE, true);
  view.setUint32(28, RATE * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  word(36, "data");
  view.setUint32(40, samples.length * 2, true);
  samples.forEach((sample, i) => view.setInt16(44 + i * 2, sample, true));
  return view.buffer;
}
