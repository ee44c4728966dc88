// A SQLite file as durable as Rialto's own (WAL, synchronous=FULL), and the statements of a tool on it. Whatever goes
// wrong ends the tool.
#pragma once
#include "arguments.h"
#include <sqlite3.h>

static sqlite3 *database;

static inline void fail(void) {
    fprintf(stderr, "SQLite: %s\n", sqlite3_errmsg(database));
    exit(1);
}

static inline sqlite3_stmt *prepare(const char *sql) {
    sqlite3_stmt *statement;
    if (sqlite3_prepare_v2(database, sql, -1, &statement, NULL) != SQLITE_OK) {
        fail();
    }
    return statement;
}

// Runs a statement to its end; returns how many rows it gave.
static inline int run(sqlite3_stmt *statement) {
    int outcome;
    int rows = 0;
    while ((outcome = sqlite3_step(statement)) == SQLITE_ROW) {
        rows++;
    }
    if (outcome != SQLITE_DONE || sqlite3_reset(statement) != SQLITE_OK) {
        fail();
    }
    return rows;
}

static inline void open_database(const char *path) {
    if (sqlite3_open(path, &database) != SQLITE_OK) {
        fail();
    }
    run(prepare("PRAGMA journal_mode = WAL"));
    run(prepare("PRAGMA synchronous = FULL"));
}
