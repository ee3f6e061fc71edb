/* driver.h - our side of the race, spoken to in lines of JSON as PyTorch's is (README.md has
 * the protocol). Threading: one thread. */
#ifndef TESTS_BENCH_CNN_DRIVER_H
#define TESTS_BENCH_CNN_DRIVER_H

/* Serve standard input until its end; answers the program's exit status. */
int driver_serve(void);

#endif
