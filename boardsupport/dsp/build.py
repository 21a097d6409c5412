"""cffi API-mode build of `boardsupport.dsp._dsp`, run by setuptools (`cffi_modules` in setup.py)."""

from pathlib import Path

from cffi import FFI

HERE = Path(__file__).resolve().parent
SOURCES = ("law.c", "tone.c", "echo.c", "suppressor.c", "disabler.c", "notes.c", "progress.c", "callerid.c",
           "bank.c")  # fmt: skip

ffi = FFI()
ffi.cdef((HERE / "src" / "api.h").read_text())
ffi.cdef("""
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
    depends=["boardsupport/dsp/src/api.h", "boardsupport/dsp/src/dsp.h"],
    libraries=["spandsp", "speexdsp", "m"],
    # Sums may be reordered for vector units; -ffast-math as a whole would change the process's rounding at import.
    extra_compile_args=["-O3", "-std=gnu11", "-fassociative-math", "-fno-signed-zeros", "-fno-trapping-math",
                        "-fno-math-errno", "-Wall", "-Wextra", "-Wno-missing-field-initializers"],
    # A symbol that the library lacks must show when the module is imported, not in a call.
    extra_link_args=["-Wl,-z,now"],
)  # fmt: skip
