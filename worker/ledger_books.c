#include "worker/ledger_books.h"

#include "base/clock.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define CACHE_LINE 64
#define READY (-1)

/* The head of the block; the search clocks and the two books follow, each on cache lines of its
 * own. */
struct head {
    _Atomic int owner; /* 0: nobody came yet; a pid: that one sets up; READY */
    size_t n_ranks;
    pthread_mutex_t mutex;
    _Atomic unsigned current; /* which books are in force */
    _Atomic int64_t cut_ns;   /* theirs, for those who do not hold the mutex */
};

/* What a rank says of its search, without the mutex. */
struct search_clock {
    _Atomic uint64_t done_ns; /* by the searches that ended */
    _Atomic uint64_t from_ns; /* the process's clock when the present one began; 0: none */
};

struct ledger_block {
    struct head *head;
    struct search_clock *searches; /* [n_ranks] */
    struct ledger_books *books[2];
    size_t n_ranks;
    void *private_memory; /* mapped by us; NULL when it was given */
};

static size_t whole_lines(size_t size)
{
    return (size + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE;
}

static size_t books_size(size_t n_ranks)
{
    return sizeof(struct ledger_books) + n_ranks * sizeof(struct ledger_slot);
}

size_t ledger_shared_size(size_t n_ranks)
{
    /* One line more, because shared windows are aligned to 8 bytes only. */
    return CACHE_LINE + whole_lines(sizeof(struct head)) +
           whole_lines(n_ranks * sizeof(struct search_clock)) +
           2 * whole_lines(books_size(n_ranks));
}

/* All ranks find the same places, since mappings differ by whole pages. */
static void lay_out(struct ledger_block *block, void *memory)
{
    char *at = memory;
    at += whole_lines((uintptr_t)at) - (uintptr_t)at;
    block->head = (struct head *)(void *)at;
    at += whole_lines(sizeof(struct head));
    block->searches = (struct search_clock *)(void *)at;
    at += whole_lines(block->n_ranks * sizeof(struct search_clock));
    for (int i = 0; i < 2; i++, at += whole_lines(books_size(block->n_ranks)))
        block->books[i] = (struct ledger_books *)(void *)at;
}

static enum status make_mutex(pthread_mutex_t *mutex)
{
    pthread_mutexattr_t attributes;
    if (pthread_mutexattr_init(&attributes))
        return ST_NOMEM;
    pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
    pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
    int failure = pthread_mutex_init(mutex, &attributes);
    pthread_mutexattr_destroy(&attributes);
    return failure ? ST_NOMEM : ST_OK;
}

/* Become the one who sets up: true; or see that somebody has. A rank that was killed while it
 * set up is replaced. */
static bool claim_setup(struct head *head)
{
    for (;;) {
        int owner = 0;
        if (atomic_compare_exchange_strong(&head->owner, &owner, getpid()))
            return true;
        if (owner == READY)
            return false;
        if (kill(owner, 0) && errno == ESRCH &&
            atomic_compare_exchange_strong(&head->owner, &owner, getpid()))
            return true;
        clock_sleep(50e-6);
    }
}

static enum status set_up(struct ledger_block *block,
                          void (*setup)(struct ledger_books *books, void *context),
                          void *context)
{
    struct head *head = block->head;
    enum status status = make_mutex(&head->mutex);
    if (status != ST_OK) {
        atomic_store(&head->owner, 0);
        return status;
    }
    head->n_ranks = block->n_ranks;
    memset(block->books[0], 0, books_size(block->n_ranks));
    setup(block->books[0], context);
    atomic_store(&head->current, 0);
    atomic_store(&head->cut_ns, block->books[0]->cut_ns);
    atomic_store(&head->owner, READY);
    return ST_OK;
}

enum status ledger_block_attach(struct ledger_block **out, void *memory, size_t n_ranks,
                                void (*setup)(struct ledger_books *books, void *context),
                                void *context, struct error *err)
{
    struct ledger_block *block = calloc(1, sizeof *block);
    if (!block)
        return error_set(err, ST_NOMEM, "out of memory while opening the energy books");
    block->n_ranks = n_ranks;
    enum status status = ST_OK;
    if (!memory) {
        memory = mmap(NULL, ledger_shared_size(n_ranks), PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (memory == MAP_FAILED) {
            status = error_errno(err, errno, "no memory for the energy books");
            free(block);
            return status;
        }
        block->private_memory = memory;
    }
    lay_out(block, memory);
    if (claim_setup(block->head)) {
        status = set_up(block, setup, context);
        if (status != ST_OK)
            error_set(err, status, "the mutex of the energy books cannot be made");
    } else if (block->head->n_ranks != n_ranks) {
        status = error_set(err, ST_INVALID,
                           "the energy books of this host are for %zu ranks, not for %zu",
                           block->head->n_ranks, n_ranks);
    }
    if (status == ST_OK)
        *out = block;
    else
        ledger_block_detach(block);
    return status;
}

void ledger_block_detach(struct ledger_block *block)
{
    if (!block)
        return;
    if (block->private_memory)
        munmap(block->private_memory, ledger_shared_size(block->n_ranks));
    free(block);
}

bool ledger_block_lock(struct ledger_block *block, bool wait)
{
    pthread_mutex_t *mutex = &block->head->mutex;
    int failure = wait ? pthread_mutex_lock(mutex) : pthread_mutex_trylock(mutex);
    /* The holder was killed. The books in force are whole; the spare ones are overwritten. */
    if (failure == EOWNERDEAD)
        failure = pthread_mutex_consistent(mutex);
    return failure == 0;
}

void ledger_block_unlock(struct ledger_block *block)
{
    pthread_mutex_unlock(&block->head->mutex);
}

const struct ledger_books *ledger_block_books(const struct ledger_block *block)
{
    return block->books[atomic_load(&block->head->current)];
}

static struct ledger_books *spare_books(struct ledger_block *block)
{
    return block->books[1 - atomic_load(&block->head->current)];
}

struct ledger_books *ledger_block_copy(struct ledger_block *block)
{
    struct ledger_books *copy = spare_books(block);
    memcpy(copy, ledger_block_books(block), books_size(block->n_ranks));
    return copy;
}

void ledger_block_commit(struct ledger_block *block)
{
    int64_t cut_ns = spare_books(block)->cut_ns;
    atomic_store(&block->head->current, 1 - atomic_load(&block->head->current));
    atomic_store(&block->head->cut_ns, cut_ns);
}

int64_t ledger_block_cut_ns(const struct ledger_block *block)
{
    return atomic_load(&block->head->cut_ns);
}

uint64_t ledger_block_search_ns(const struct ledger_block *block, size_t rank, uint64_t cpu_ns)
{
    const struct search_clock *search = &block->searches[rank];
    uint64_t done_ns = atomic_load(&search->done_ns), from_ns = atomic_load(&search->from_ns);
    return done_ns + (from_ns > 0 && cpu_ns > from_ns ? cpu_ns - from_ns : 0);
}

void ledger_block_begin_search(struct ledger_block *block, size_t rank, uint64_t cpu_ns)
{
    atomic_store(&block->searches[rank].from_ns, cpu_ns);
}

/* In this order: whoever looks in between sees too little, and the rest at the next look. */
void ledger_block_add_search(struct ledger_block *block, size_t rank, uint64_t cpu_ns)
{
    atomic_store(&block->searches[rank].from_ns, 0);
    atomic_fetch_add(&block->searches[rank].done_ns, cpu_ns);
}
