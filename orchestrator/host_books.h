/* host_books.h - the books of a host on their way to the store. Threading: no state. */
#ifndef ORCHESTRATOR_HOST_BOOKS_H
#define ORCHESTRATOR_HOST_BOOKS_H

#include "base/json.h"
#include "base/status.h"
#include "results/record.h"
#include "worker/ledger.h"

/* An object for the wire (json_print() reports a failed allocation). Microjoules are texts: a
 * node of ten kilowatts passes what a JSON number holds to the last digit in ten days. */
struct json *host_books_to_json(const struct ledger_host *books);

/* Back. Errors: ST_FORMAT with the reason, also for books that do not close: they are undefined
 * then. */
enum status host_books_from_json(struct ledger_host *books, const struct json *object,
                                 struct error *err);

/* As they are stored; the texts are borrowed. */
struct host_record host_books_record(const char *host, const struct ledger_host *books);

#endif
