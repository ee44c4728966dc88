import Testing
import Wire

@testable import Rialto

/// What commands print for people.
@Suite struct ReportTests {
    @Test func manyThingsAreATableWithAlignedColumns() {
        let rows: [JSON.Object] = [
            ["code": "guide", "agents": [], "number": 1], ["code": "nerissa", "agents": ["a", "b"], "number": nil],
        ]
        #expect(
            Report(rows, columns: ["code", "agents", "number"], none: "").text == """
                code     agents  number
                guide    -       1
                nerissa  a, b    -
                """)
    }

    @Test func noThingsAreSaidInWords() {
        let report = Report([], columns: ["code"], none: "There are no agents.")
        #expect(report.text == "There are no agents." && report.json == [])
    }

    @Test func oneThingIsALineForEachMember() {
        #expect(Report(["code": "guide", "created_at": "now"]).text == "code        guide\ncreated_at  now")
    }

    @Test func findingsSayHowToMendThem() {
        let report = Report([.ok("config", "It reads well."), .wrong("server", "No server runs.", mend: "Start one.")])
        #expect(
            report.text == """
                ok     config  It reads well.
                WRONG  server  No server runs.

                To mend:
                server:  Start one.
                """)
        #expect(report.json["ok"] == false)
        #expect(
            report.json["checks"]?.array?.first == [
                "name": "config", "ok": true, "detail": "It reads well.", "mend": nil,
            ])
    }
}
