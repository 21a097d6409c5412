/* Caller-id receivers of an on-hook line. FSK: spandsp's modem, and the framing of GR-30-CORE and EN 300 659-1, 5.2 to
 * 5.4: mark, then words of start bit, eight bits, stop bit: type, length, body, checksum. DTMF: spandsp's receiver, a
 * message is the keys up to its end code (EN 300 659-1, annex B). What the bodies mean is Python's business.
 */
#include "dsp.h"

#include <stdlib.h>
#include <string.h>

#include <spandsp.h>

/* Half way between Bell 202 (1200 and 2200 Hz) and V.23 (1300 and 2100 Hz): 50 Hz are little beside the 1200 Hz that a
 * bit takes, and a line need not be told which of them its exchange has. */
static const fsk_spec_t modem = {"caller id", 2150, 1250, 0, -40, 1200 * 100};

#define CUTOFF_DBM0 -40.0f
#define MARK_LEAST 20                   /* bits, before a message; 80 to 180 are sent, seizure has one at a time */
#define MARK_MOST 20                    /* between two words; 10 are allowed */
#define WORD_BITS 8
#define KEYS_MOST 40
#define KEY_GAP_BLOCKS 50               /* without a key: the message has broken off */

struct dsp_caller_id {
    dsp_log *log;
    int port;
    fsk_rx_state_t *modem;              /* NULL: this kind is not received */
    dtmf_rx_state_t *keypad;
    int marks;                          /* in succession */
    int receiving;
    int bit;                            /* of a word, 0: its start is awaited */
    int word;
    int length;
    uint8_t bytes[DSP_MESSAGE_ROOM];
    int keys;
    int blocks_since_key;
    uint8_t key[KEYS_MOST];
};

static void report(const dsp_caller_id *receiver, int kind, int format, int length)
{
    dsp_report(receiver->log, receiver->port, kind, format, length, receiver->log->now + DSP_BLOCK);
}

/* --- FSK ------------------------------------------------------------------------------------------------------- */

/* Call setup or message waiting, as parameters or as a single message; anything else is noise that looked like mark. */
static int is_type(uint8_t word)
{
    return word == 0x80 || word == 0x82 || word == 0x04 || word == 0x06;
}

static void abandon(dsp_caller_id *receiver)
{
    if (receiver->receiving && receiver->length)
        report(receiver, DSP_MESSAGE_BROKEN, DSP_FSK, receiver->length);
    receiver->receiving = receiver->bit = receiver->marks = 0;
}

static void check(dsp_caller_id *receiver)
{
    unsigned sum = 0;
    for (int i = 0; i < receiver->length; i++)
        sum += receiver->bytes[i];
    report(receiver, sum & 0xFF ? DSP_MESSAGE_BROKEN : DSP_MESSAGE, DSP_FSK, receiver->length);
    receiver->receiving = 0;
}

static void take_word(dsp_caller_id *receiver, uint8_t word)
{
    if (receiver->length == 0 && !is_type(word)) {
        receiver->receiving = 0;
        return;
    }
    receiver->bytes[receiver->length++] = word;
    if (receiver->length >= 3 && receiver->length == receiver->bytes[1] + 3)
        check(receiver);
}

static void take_idle(dsp_caller_id *receiver, int mark)
{
    if (mark) {
        if (++receiver->marks > MARK_MOST && receiver->receiving)
            abandon(receiver);
        return;
    }
    if (!receiver->receiving && receiver->marks >= MARK_LEAST) {
        receiver->receiving = 1;
        receiver->length = 0;
    }
    receiver->marks = 0;
    receiver->bit = receiver->receiving;
    receiver->word = 0;
}

static void on_bit(void *user_data, int bit)
{
    dsp_caller_id *receiver = user_data;
    if (bit < 0) {
        abandon(receiver);
    } else if (receiver->bit == 0) {
        take_idle(receiver, bit);
    } else if (receiver->bit <= WORD_BITS) {
        receiver->word |= bit << (receiver->bit++ - 1);
    } else if (bit) {
        receiver->bit = 0;
        take_word(receiver, (uint8_t)receiver->word);
    } else {
        abandon(receiver);
    }
}

/* --- DTMF ------------------------------------------------------------------------------------------------------ */

static void on_keys(void *user_data, const char *keys, int count)
{
    dsp_caller_id *receiver = user_data;
    receiver->blocks_since_key = 0;
    for (int i = 0; i < count; i++) {
        if (receiver->keys == KEYS_MOST)
            receiver->keys = 0;
        receiver->key[receiver->keys++] = (uint8_t)keys[i];
        if (keys[i] == 'C' || keys[i] == '#') {
            report(receiver, DSP_MESSAGE, DSP_DTMF, receiver->keys);
            receiver->keys = 0;
        }
    }
}

static void receive_keys(dsp_caller_id *receiver, const int16_t *said)
{
    dtmf_rx(receiver->keypad, said, DSP_BLOCK);
    if (receiver->keys && ++receiver->blocks_since_key > KEY_GAP_BLOCKS) {
        report(receiver, DSP_MESSAGE_BROKEN, DSP_DTMF, receiver->keys);
        receiver->keys = 0;
    }
}

/* --- a port ---------------------------------------------------------------------------------------------------- */

dsp_caller_id *dsp_caller_id_new(int formats, dsp_log *log, int port)
{
    dsp_caller_id *receiver = calloc(1, sizeof *receiver);
    if (receiver == NULL)
        return NULL;
    receiver->log = log;
    receiver->port = port;
    if (formats & DSP_FSK)
        receiver->modem = fsk_rx_init(NULL, &modem, FSK_FRAME_MODE_ASYNC, on_bit, receiver);
    if (formats & DSP_DTMF)
        receiver->keypad = dtmf_rx_init(NULL, on_keys, receiver);
    if ((formats & DSP_FSK && receiver->modem == NULL) || (formats & DSP_DTMF && receiver->keypad == NULL)) {
        dsp_caller_id_free(receiver);
        return NULL;
    }
    if (receiver->modem != NULL)
        fsk_rx_signal_cutoff(receiver->modem, CUTOFF_DBM0);
    return receiver;
}

void dsp_caller_id_free(dsp_caller_id *receiver)
{
    if (receiver == NULL)
        return;
    if (receiver->modem != NULL)
        fsk_rx_free(receiver->modem);
    if (receiver->keypad != NULL)
        dtmf_rx_free(receiver->keypad);
    free(receiver);
}

const uint8_t *dsp_caller_id_message(const dsp_caller_id *receiver, int format)
{
    return format == DSP_FSK ? receiver->bytes : receiver->key;
}

void dsp_caller_id_run(dsp_caller_id *receiver, const int16_t *said)
{
    if (receiver->modem != NULL)
        fsk_rx(receiver->modem, said, DSP_BLOCK);
    if (receiver->keypad != NULL)
        receive_keys(receiver, said);
}
