#include "failure.h"
#include "load.h"
#include "transport.h"

void put_request_header(struct cursor *request, int16_t key, int16_t version, int32_t correlation)
{
    put_int32(request, 0); // length of the frame, filled in by finish_frame
    put_int16(request, key);
    put_int16(request, version);
    put_int32(request, correlation);
    put_string(request, text_of("spate-load"));
}

void finish_frame(uint8_t *frame, const struct cursor *request)
{
    write_int32(frame, (int32_t)(request->at - frame) - LENGTH_BYTES);
}

struct cursor receive_answer(int socket, uint8_t *buffer, size_t capacity, int32_t correlation)
{
    size_t held = 0, frame = LENGTH_BYTES;
    while (held < frame) {
        // Nothing else is on its way here, so whatever comes belongs to this answer.
        size_t received = receive_some(socket, buffer + held, capacity - held);
        if (received == 0)
            fail("the server closed the connection before it answered");
        held += received;
        if (held < LENGTH_BYTES)
            continue;
        int32_t length = read_int32(buffer);
        if (length < 4 || (size_t)length > capacity - LENGTH_BYTES)
            fail("an answer of %d bytes is out of bounds", length);
        frame = LENGTH_BYTES + (size_t)length;
    }
    if (held > frame)
        fail("the server sent an answer that nothing asked for");

    struct cursor answer = cursor_over(buffer + LENGTH_BYTES, frame - LENGTH_BYTES);
    int32_t answered = take_int32(&answer);
    if (answered != correlation)
        fail("an answer to request %d came where request %d was to be answered", answered, correlation);
    return answer;
}
