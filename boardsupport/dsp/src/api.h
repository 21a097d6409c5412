/* All that Python calls. build.py hands this file to cffi as it is: declarations alone, nothing for the preprocessor. */

enum {
    DSP_DIGIT_BEGAN,                    /* code: the key */
    DSP_DIGIT_ENDED,                    /* value: milliseconds */
    DSP_TONE_BEGAN,                     /* code: index of the tone in the port's set */
    DSP_TONE_CYCLE,                     /* value: complete cycles so far; also of the two ends */
    DSP_TONE_ENDED,                     /* its cadence does not go on */
    DSP_TONE_COVERED,                   /* it ended by another sound */
    DSP_MESSAGE,                        /* code: DSP_FSK or DSP_DTMF; value: bytes of dsp_bank_message */
    DSP_MESSAGE_BROKEN                  /* wrong checksum, or broken off */
};

enum { DSP_FSK = 1, DSP_DTMF = 2 };

typedef struct {
    int64_t at_sample;
    int32_t port;
    int32_t kind;
    int32_t code;
    int32_t value;
} dsp_event;

/* --- law.c: G.711. `law` is DSP_ALAW or DSP_ULAW ---------------------------------------------------------------- */

void dsp_encode(int law, const int16_t *linear, size_t samples, uint8_t *bytes);
void dsp_decode(int law, const uint8_t *bytes, size_t samples, int16_t *linear);
void dsp_mix(int law, const uint8_t *inputs, int count, size_t samples, uint8_t *outputs);

/* --- tone.c: tones and caller-id bursts ------------------------------------------------------------------------- */

void dsp_tones(int law, const double *hz, const double *dbm0, int count, int64_t start, size_t samples, uint8_t *out);
int dsp_fsk(int standard, int law, const uint8_t *types, const uint8_t *lengths, const uint8_t *bodies,
            int fields, int message_type, uint8_t *out, int room);

/* --- progress.c: sets of call-progress tones; none changes while a port has it ----------------------------------- */

typedef struct dsp_tone_set dsp_tone_set;

dsp_tone_set *dsp_tone_set_new(void);
void dsp_tone_set_free(dsp_tone_set *set);
int dsp_tone_set_add(dsp_tone_set *set);          /* the new tone's index, or -1: no room */
/* The next element of a tone's cadence: no, one or two frequencies, for min to max ms (0: without end). Once it is the
 * last one, the tone is recognised after known_ms of it. -1: no room. */
int dsp_tone_set_element(dsp_tone_set *set, int tone, int hz_1, int hz_2, int known_ms, int min_ms, int max_ms);

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
int dsp_bank_set_progress(dsp_bank *bank, int port, const dsp_tone_set *set);    /* NULL: none */
int dsp_bank_set_caller_id(dsp_bank *bank, int port, int formats);                /* 0: none */
const uint8_t *dsp_bank_message(const dsp_bank *bank, int port, int format);      /* until the next receive */
int dsp_bank_receive(dsp_bank *bank, const uint8_t *capture, const uint8_t *played, dsp_event *events, int room);
void dsp_bank_transmit(dsp_bank *bank, const uint8_t *audio, uint8_t *out);
