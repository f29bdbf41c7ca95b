// Makes sure that the page cache grows into memory that the machine already has, for as long as the program runs.
//
// A virtual machine that returns its free memory to the host (free page reporting) pays for the first touch of a page
// several times what the page costs it later on, and pays it again after the page has lain free for some seconds. A
// server that fills the page cache is charged for that by chance. Only large free blocks are returned, and small
// allocations are served from small blocks first: so this program touches as much memory as will be needed and frees
// it again but for one page in sixty-four. What is free in between never grows into a block that is worth returning,
// and is what the kernel hands out next.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "failure.h"

enum { PAGE_BYTES = 4096, KEPT_ONE_IN = 64 };

int main(int count, char **arguments)
{
    if (count != 2)
        fail("usage: warm_memory BYTES (prints \"warm\" when it is so, and holds it until it is ended)");
    size_t stride = (size_t)PAGE_BYTES * KEPT_ONE_IN, length = strtoull(arguments[1], NULL, 10) / stride * stride;
    uint8_t *memory = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED || madvise(memory, length, MADV_NOHUGEPAGE) != 0 || madvise(memory, length, MADV_POPULATE_WRITE) != 0)
        fail_system("touching memory");
    for (size_t at = 0; at < length; at += stride)
        if (madvise(memory + at + PAGE_BYTES, stride - PAGE_BYTES, MADV_DONTNEED) != 0)
            fail_system("freeing memory");
    puts("warm");
    fflush(stdout);
    while (1)
        pause();
}
