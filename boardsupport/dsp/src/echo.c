#include "dsp.h"
#include <string.h>
void dsp_echo_reset(dsp_echo *echo) { memset(echo, 0, sizeof *echo); }
void dsp_echo_forget_signal(dsp_echo *echo) { (void)echo; }
int dsp_echo_run(dsp_echo *echo, const int16_t *heard, const int16_t *said, int16_t *out)
{ (void)echo; (void)heard; (void)said; (void)out; return 0; }
