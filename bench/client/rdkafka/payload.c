#include "payload.h"

enum { WORDS = 512, WORD_BYTES_MIN = 3, WORD_BYTES_MAX = 9, LETTERS = 26 };

static char text[TEXT_BYTES];
static uint32_t state = 1;

static uint32_t next(void)
{
    state = state * 1664525u + 1013904223u;
    return state >> 16;
}

void make_text(void)
{
    char words[WORDS][WORD_BYTES_MAX + 1];
    int lengths[WORDS];
    for (int word = 0; word < WORDS; word++) {
        lengths[word] = WORD_BYTES_MIN + (int)(next() % (WORD_BYTES_MAX - WORD_BYTES_MIN + 1));
        for (int letter = 0; letter < lengths[word]; letter++)
            words[word][letter] = (char)('a' + next() % LETTERS);
    }
    for (int at = 0; at < TEXT_BYTES;) {
        uint32_t left = next();
        uint32_t word = left & next() & (WORDS - 1);
        for (int letter = 0; letter < lengths[word] && at < TEXT_BYTES; letter++)
            text[at++] = words[word][letter];
        if (at < TEXT_BYTES)
            text[at++] = ' ';
    }
}

const char *text_of(int64_t number, int64_t bytes)
{
    return text + (number * TEXT_STRIDE) % (TEXT_BYTES - bytes);
}
