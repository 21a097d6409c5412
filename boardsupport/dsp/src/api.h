/* All that Python calls. build.py hands this file to cffi as it is: declarations alone, nothing for the preprocessor. */

typedef struct {
    int64_t at_sample;
    int32_t port;
    int32_t ms;                         /* -1: the digit began */
    char digit;
} dsp_event;

/* --- law.c: G.711. `law` is DSP_ALAW or DSP_ULAW ---------------------------------------------------------------- */

void dsp_encode(int law, const int16_t *linear, size_t samples, uint8_t *bytes);
void dsp_decode(int law, const uint8_t *bytes, size_t samples, int16_t *linear);
void dsp_mix(int law, const uint8_t *inputs, int count, size_t samples, uint8_t *outputs);

/* --- tone.c: tones and caller-id bursts ------------------------------------------------------------------------- */

void dsp_tones(int law, const double *hz, const double *dbm0, int count, int64_t start, size_t samples, uint8_t *out);
int dsp_fsk(int standard, int law, const uint8_t *types, const uint8_t *lengths, const uint8_t *bodies,
            int fields, int message_type, uint8_t *out, int room);

/* --- bank.c: all ports ------------------------------------------------------------------------------------------ */

typedef struct dsp_bank dsp_bank;

/* `clean` (ports * DSP_BLOCK) and `levels` (ports) belong to the caller and outlive the bank. */
dsp_bank *dsp_bank_new(int ports, int stride, int law, uint8_t *clean, float *levels);
void dsp_bank_free(dsp_bank *bank);
float *dsp_bank_echo_taps(dsp_bank *bank, int port);
void dsp_bank_place(dsp_bank *bank, int port, int offset);
void dsp_bank_set_echo(dsp_bank *bank, int port, int enabled);
int dsp_bank_set_dtmf(dsp_bank *bank, int port, int enabled, int dial_tone_filter);
void dsp_bank_set_gain(dsp_bank *bank, int port, double receive_db, double transmit_db);
int dsp_bank_receive(dsp_bank *bank, const uint8_t *capture, const uint8_t *played, dsp_event *events, int room);
void dsp_bank_transmit(dsp_bank *bank, const uint8_t *audio, uint8_t *out);
