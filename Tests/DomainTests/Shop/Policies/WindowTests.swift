import Domain
import Foundation
import Testing

@Suite("Calendar periods in UTC")
struct WindowTests {
    private static let edges: [(Policy.Interval, at: String, from: String, to: String)] = [
        (.hourly, "2026-11-29T11:59:59.999Z", "2026-11-29T11:00:00Z", "2026-11-29T12:00:00Z"),
        (.hourly, "2026-12-31T23:00:00Z", "2026-12-31T23:00:00Z", "2027-01-01T00:00:00Z"),
        (.daily, "2024-02-28T23:59:59.999Z", "2024-02-28T00:00:00Z", "2024-02-29T00:00:00Z"),
        (.daily, "2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z", "2024-03-01T00:00:00Z"),
        (.daily, "2100-02-28T12:00:00Z", "2100-02-28T00:00:00Z", "2100-03-01T00:00:00Z"),
        (.weekly, "2026-11-29T23:59:59.999Z", "2026-11-23T00:00:00Z", "2026-11-30T00:00:00Z"),
        (.weekly, "2026-11-30T00:00:00Z", "2026-11-30T00:00:00Z", "2026-12-07T00:00:00Z"),
        (.weekly, "2027-01-01T00:00:00Z", "2026-12-28T00:00:00Z", "2027-01-04T00:00:00Z"),
        (.weekly, "1970-01-01T00:00:00Z", "1969-12-29T00:00:00Z", "1970-01-05T00:00:00Z"),
        (.monthly, "2026-01-31T23:59:59.999Z", "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"),
        (.monthly, "2024-02-29T12:00:00Z", "2024-02-01T00:00:00Z", "2024-03-01T00:00:00Z"),
        (.monthly, "2026-12-01T00:00:00Z", "2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z"),
        (.yearly, "2024-12-31T23:59:59.999Z", "2024-01-01T00:00:00Z", "2025-01-01T00:00:00Z"),
        (.yearly, "2000-02-29T00:00:00Z", "2000-01-01T00:00:00Z", "2001-01-01T00:00:00Z"),
    ]

    @Test("Periods begin and end at their edges", arguments: edges.indices)
    func edge(index: Int) throws {
        let (interval, moment, from, to) = Self.edges[index]
        let window = try #require(interval.window(at: Mira.moment(moment)))
        #expect(window.start.iso8601 == from.replacing(":00Z", with: ":00.000Z"))
        #expect(window.end.iso8601 == to.replacing(":00Z", with: ":00.000Z"))
    }

    @Test("A purchase and all time are no periods")
    func noPeriods() {
        #expect(Policy.Interval.perPurchase.window(at: Mira.noon) == nil)
        #expect(Policy.Interval.allTime.window(at: Mira.noon) == nil)
    }

    @Test("Periods are those of the calendar of other people, one after the other, from before 1970 on")
    func otherCalendar() throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(identifier: "UTC"))
        calendar.firstWeekday = 2
        let components: [(Policy.Interval, Calendar.Component)] = [
            (.hourly, .hour), (.daily, .day), (.weekly, .weekOfYear), (.monthly, .month), (.yearly, .year),
        ]
        var dice = TermsFuzzTests.Dice(state: 11)
        for _ in 0..<400 {
            let moment = Timestamp(milliseconds: .random(in: -900_000_000_000...30_000_000_000_000, using: &dice))
            let date = Date(timeIntervalSince1970: Double(moment.milliseconds) / 1000)
            for (interval, component) in components {
                let window = try #require(interval.window(at: moment))
                let other = try #require(calendar.dateInterval(of: component, for: date))
                #expect(
                    Double(window.start.seconds) == other.start.timeIntervalSince1970, "\(interval) \(moment.iso8601)")
                #expect(Double(window.end.seconds) == other.end.timeIntervalSince1970, "\(interval) \(moment.iso8601)")
                #expect(interval.window(at: window.end)?.start == window.end)
                #expect(interval.window(at: window.end.adding(milliseconds: -1))?.start == window.start)
            }
        }
    }

    @Test("Moments are read from ISO 8601, and written the same again")
    func moments() {
        var dice = TermsFuzzTests.Dice(state: 12)
        for _ in 0..<400 {
            let moment = Timestamp(milliseconds: .random(in: 0...250_000_000_000_000, using: &dice))
            #expect(Timestamp(iso8601: moment.iso8601) == moment)
        }
        let same = [
            "2026-03-14T10:30:00Z", "2026-03-14T10:30Z", "2026-03-14T10:30:00.0Z", "2026-03-14T12:00:00+01:30",
            "2026-03-13T22:30:00-12:00", "2026-03-14T10:30:00.000000000Z",
        ]
        #expect(Set(same.map { Timestamp(iso8601: $0)?.milliseconds }) == [1_773_484_200_000])
        #expect(Timestamp(iso8601: "2026-03-14T10:30:00.5Z")?.milliseconds == 1_773_484_200_500)
        let none = [
            "", "2026-03-14", "2026-03-14T10:30:00", "2026-03-14 10:30:00Z", "2026-13-01T00:00:00Z",
            "2026-00-01T00:00:00Z", "2026-04-31T00:00:00Z", "2023-02-29T00:00:00Z", "2026-03-14T24:00:00Z",
            "2026-03-14T10:60:00Z", "2026-03-14T10:30:60Z", "1969-12-31T23:59:59Z", "26-03-14T10:30:00Z",
            "2026-03-14T10:30:00+1:00", "2026-03-14T10:30:00+24:00", "2026-03-14T10:30:00z", "٢٠٢٦-03-14T10:30:00Z",
            "2026-03-14T10:30:00.Z", "2026-03-14T10:30:00ZZ", "2026-03-00T10:30:00Z",
        ]
        for text in none { #expect(Timestamp(iso8601: text) == nil, "\(text)") }
    }
}
