// What a disk and SQLite can do at most: durable transactions of one row each, one after another on one connection
// (WAL, synchronous=FULL, BEGIN IMMEDIATE).
// Run: transactions FILE SECONDS     (the file is made)
// Prints transactions=… seconds=… per_second=…
#include "database.h"

int main(int count, char **words) {
    if (count != 3) {
        fprintf(stderr, "usage: %s FILE SECONDS\n", words[0]);
        return EXIT_USAGE;
    }
    double milliseconds = whole_number("SECONDS", words[2], 1, 3600) * 1e3;
    open_database(words[1]);
    run(prepare("CREATE TABLE rows (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL)"));
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
