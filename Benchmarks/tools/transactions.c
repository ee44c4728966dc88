// What a disk and SQLite can do at most: durable transactions of one row each, one after another on one connection
// (WAL, synchronous=FULL, BEGIN IMMEDIATE).
// Run: transactions FILE SECONDS     (the file is made)
// Prints transactions=… seconds=… per_second=…
#include "arguments.h"
#include <sqlite3.h>

static sqlite3 *database;

static void fail(void) {
    fprintf(stderr, "transactions: %s\n", sqlite3_errmsg(database));
    exit(1);
}

static sqlite3_stmt *prepare(const char *sql) {
    sqlite3_stmt *statement;
    if (sqlite3_prepare_v2(database, sql, -1, &statement, NULL) != SQLITE_OK) {
        fail();
    }
    return statement;
}

static void run(sqlite3_stmt *statement) {
    int outcome;
    while ((outcome = sqlite3_step(statement)) == SQLITE_ROW) {
    }
    if (outcome != SQLITE_DONE || sqlite3_reset(statement) != SQLITE_OK) {
        fail();
    }
}

static void open_database(const char *path) {
    if (sqlite3_open(path, &database) != SQLITE_OK) {
        fail();
    }
    run(prepare("PRAGMA journal_mode = WAL"));
    run(prepare("PRAGMA synchronous = FULL"));
    run(prepare("CREATE TABLE rows (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL)"));
}

int main(int count, char **words) {
    if (count != 3) {
        fprintf(stderr, "usage: %s FILE SECONDS\n", words[0]);
        return EXIT_USAGE;
    }
    double milliseconds = whole_number("SECONDS", words[2], 1, 3600) * 1e3;
    open_database(words[1]);
    sqlite3_stmt *begin = prepare("BEGIN IMMEDIATE");
    sqlite3_stmt *insert = prepare("INSERT INTO rows (bytes) VALUES (zeroblob(100))");
    sqlite3_stmt *commit = prepare("COMMIT");
    long transactions = 0;
    double begun = now_in_milliseconds();
    double passed = 0;
    for (; passed < milliseconds; passed = now_in_milliseconds() - begun) {
        run(begin);
        run(insert);
        run(commit);
        transactions++;
    }
    printf("transactions=%ld seconds=%.3f per_second=%.1f\n", transactions, passed / 1e3,
           (double)transactions / (passed / 1e3));
    return 0;
}
