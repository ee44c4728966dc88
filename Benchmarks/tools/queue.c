// What a disk and SQLite can do as a queue at most: a durable transaction for each job put in, and one for each taken
// out, on one connection (WAL, synchronous=FULL, BEGIN IMMEDIATE).
// Run: queue FILE SECONDS     (the file is made; SECONDS for each of both)
// Prints put_per_second=… taken_per_second=…
#include "database.h"

static sqlite3_stmt *begin;
static sqlite3_stmt *commit;

// Transactions a second, until the time is over or one finds nothing.
static double rate(sqlite3_stmt *statement, double milliseconds, int needs_rows) {
    long count = 0;
    double begun = now_in_milliseconds();
    double passed = 0;
    for (; passed < milliseconds; passed = now_in_milliseconds() - begun) {
        run(begin);
        int rows = run(statement);
        run(commit);
        if (needs_rows && rows == 0) {
            break;
        }
        count++;
    }
    return (double)count / passed * 1e3;
}

int main(int count, char **words) {
    if (count != 3) {
        fprintf(stderr, "usage: %s FILE SECONDS\n", words[0]);
        return EXIT_USAGE;
    }
    double milliseconds = whole_number("SECONDS", words[2], 1, 3600) * 1e3;
    open_database(words[1]);
    run(prepare("CREATE TABLE jobs (id INTEGER PRIMARY KEY, taken INTEGER NOT NULL, body BLOB NOT NULL)"));
    run(prepare("CREATE INDEX jobs_waiting ON jobs (id) WHERE taken = 0"));
    begin = prepare("BEGIN IMMEDIATE");
    commit = prepare("COMMIT");
    double put = rate(prepare("INSERT INTO jobs (taken, body) VALUES (0, zeroblob(100))"), milliseconds, 0);
    double taken = rate(
        prepare("UPDATE jobs SET taken = 1 WHERE id = (SELECT id FROM jobs WHERE taken = 0 ORDER BY id LIMIT 1)"
                " RETURNING id"),
        milliseconds, 1);
    printf("put_per_second=%.1f taken_per_second=%.1f\n", put, taken);
    return 0;
}
