"""cffi API-mode build of `boardsupport.dsp._dsp`, run by setuptools (`cffi_modules` in setup.py)."""

from pathlib import Path

from cffi import FFI

HERE = Path(__file__).resolve().parent
SOURCES = ("law.c", "tone.c", "echo.c", "suppressor.c", "disabler.c", "bank.c")

ffi = FFI()
ffi.cdef("""
    typedef struct { int64_t at_sample; int32_t port; int32_t ms; char digit; ...; } dsp_event;
    typedef struct dsp_bank dsp_bank;

    void dsp_encode(int law, const int16_t *linear, size_t samples, uint8_t *bytes);
    void dsp_decode(int law, const uint8_t *bytes, size_t samples, int16_t *linear);
    void dsp_mix(int law, const uint8_t *inputs, int count, size_t samples, uint8_t *outputs);
    void dsp_tones(int law, const double *hz, const double *dbm0, int count, int64_t start, size_t samples,
                   uint8_t *out);
    int dsp_fsk(int standard, int law, const uint8_t *types, const uint8_t *lengths, const uint8_t *bodies,
                int fields, int message_type, uint8_t *out, int room);

    dsp_bank *dsp_bank_new(int ports, int stride, int law, uint8_t *clean, float *levels);
    void dsp_bank_free(dsp_bank *bank);
    float *dsp_bank_echo_taps(dsp_bank *bank, int port);
    void dsp_bank_echo_restore(dsp_bank *bank, int port, const float *taps);
    void dsp_bank_place(dsp_bank *bank, int port, int offset);
    void dsp_bank_set_echo(dsp_bank *bank, int port, int enabled);
    void dsp_bank_reset_echo(dsp_bank *bank, int port);
    int dsp_bank_set_dtmf(dsp_bank *bank, int port, int enabled, int dial_tone_filter);
    void dsp_bank_set_gain(dsp_bank *bank, int port, double receive_db, double transmit_db);
    int dsp_bank_receive(dsp_bank *bank, const uint8_t *capture, const uint8_t *played, dsp_event *events, int room);
    void dsp_bank_transmit(dsp_bank *bank, const uint8_t *audio, uint8_t *out);

    typedef struct SpeexResamplerState_ SpeexResamplerState;
    SpeexResamplerState *speex_resampler_init(uint32_t channels, uint32_t from_hz, uint32_t to_hz, int quality,
                                              int *error);
    void speex_resampler_destroy(SpeexResamplerState *state);
    int speex_resampler_skip_zeros(SpeexResamplerState *state);
    int speex_resampler_get_input_latency(SpeexResamplerState *state);
    int speex_resampler_process_int(SpeexResamplerState *state, uint32_t channel, const int16_t *in, uint32_t *in_len,
                                    int16_t *out, uint32_t *out_len);
""")
# Setuptools wants source paths relative to setup.py, which is where this runs.
ffi.set_source(
    "boardsupport.dsp._dsp",
    '#include <speex/speex_resampler.h>\n#include "dsp.h"',
    sources=[f"boardsupport/dsp/src/{name}" for name in SOURCES],
    include_dirs=[str(HERE / "src")],
    depends=["boardsupport/dsp/src/dsp.h"],
    libraries=["spandsp", "speexdsp", "m"],
    # Sums may be reordered for vector units; -ffast-math as a whole would change the process's rounding at import.
    extra_compile_args=["-O3", "-std=gnu11", "-fassociative-math", "-fno-signed-zeros", "-fno-trapping-math",
                        "-fno-math-errno", "-Wall", "-Wextra", "-Wno-missing-field-initializers"],
    # A symbol that the library lacks must show when the module is imported, not in a call.
    extra_link_args=["-Wl,-z,now"],
)  # fmt: skip
