// What the browser hears and says: bells, the earpiece of one telephone, the microphone, and a tune to play.

import { Earpiece, Mouthpiece, RATE } from "/static/stream.js";

const CHUNK = 1024; // samples per call where there is no audio thread for us

let context = null;
let worklet = null; // resolves to whether the audio thread has our code

/** The audio context; browsers start it only after a click or key. */
export function wake() {
  context ??= new AudioContext();
  if (context.state === "suspended") context.resume();
  worklet ??= context.audioWorklet
    ? context.audioWorklet.addModule("/static/worklet.js").then(() => true, () => false)
    : Promise.resolve(false); // not over plain http from another computer
  return context;
}

/** A node that plays what is given to the returned function. */
async function earpieceNode(audio) {
  if (await worklet) {
    const node = new AudioWorkletNode(audio, "earpiece", { numberOfInputs: 0, outputChannelCount: [1] });
    return [node, (samples) => node.port.postMessage(samples)];
  }
  const earpiece = new Earpiece();
  const node = audio.createScriptProcessor(CHUNK, 0, 1);
  node.onaudioprocess = (event) => earpiece.fill(event.outputBuffer.getChannelData(0), RATE / audio.sampleRate);
  return [node, (samples) => earpiece.push(samples)];
}

/** A node that gives what is spoken into it to `send`, 160 samples at a time. */
async function mouthpieceNode(audio, send) {
  if (await worklet) {
    const node = new AudioWorkletNode(audio, "mouthpiece", { numberOfInputs: 1, numberOfOutputs: 1 });
    node.port.onmessage = ({ data }) => send(data);
    return node;
  }
  const mouthpiece = new Mouthpiece();
  const node = audio.createScriptProcessor(CHUNK, 1, 1);
  node.onaudioprocess = (event) => mouthpiece.push(event.inputBuffer.getChannelData(0), audio.sampleRate / RATE, send);
  return node;
}

function lowPass(audio, hz) {
  return new BiquadFilterNode(audio, { type: "lowpass", frequency: hz });
}

/** Live audio of one handset or line ("phones/fxs/1"), both ways. `onLevel(0..1)` follows what is heard. */
export class Handset {
  constructor(path, onLevel) {
    this.onLevel = onLevel;
    this.closed = false;
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    this.socket = new WebSocket(`${scheme}://${location.host}/bench/${path}/audio`);
    this.socket.binaryType = "arraybuffer";
    this.#listen();
  }

  async #listen() {
    const audio = wake();
    const [node, push] = await earpieceNode(audio);
    if (this.closed) return;
    this.earpiece = node;
    this.filter = lowPass(audio, 3600);
    node.connect(this.filter).connect(audio.destination);
    this.socket.onmessage = ({ data }) => {
      const samples = new Int16Array(data);
      let peak = 0;
      for (const sample of samples) peak = Math.max(peak, Math.abs(sample));
      this.onLevel(peak > 60 ? Math.max(0, 1 + Math.log10(peak / 32767) / 2.5) : 0);
      push(samples);
    };
  }

  /** Speak through the computer's microphone; throws if the browser gives none. */
  async openMicrophone() {
    if (!navigator.mediaDevices) throw new Error("no microphone");
    const audio = wake();
    this.stream = await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true } });
    const node = await mouthpieceNode(audio, (samples) => {
      if (this.socket.readyState === WebSocket.OPEN && this.socket.bufferedAmount < 8000) this.socket.send(samples);
    });
    this.source = audio.createMediaStreamSource(this.stream);
    // it gives no sound out, but is not run without a way to the destination
    this.source.connect(lowPass(audio, 3400)).connect(node).connect(audio.destination);
    this.mouthpiece = node;
  }

  closeMicrophone() {
    this.source?.disconnect();
    this.mouthpiece?.disconnect();
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.source = this.mouthpiece = this.stream = null;
  }

  close() {
    this.closed = true;
    this.closeMicrophone();
    this.earpiece?.disconnect();
    this.filter?.disconnect();
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
