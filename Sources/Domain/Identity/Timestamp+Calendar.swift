/// The calendar in UTC, by which limits count their hours, days and months.
extension Timestamp {
    private static let millisecondsOfHour: Int64 = 3_600_000
    private static let millisecondsOfDay: Int64 = 24 * millisecondsOfHour

    /// Midnight of a date; the thirteenth month is the next year's first.
    package init(year: Int, month: Int, day: Int) {
        let (years, months) = (month - 1).quotientAndRemainder(dividingBy: 12)
        milliseconds = Int64(Self.day(year: year + years, month: months + 1, day: day)) * Self.millisecondsOfDay
    }

    /// The days since 1970.
    private var days: Int { Int(Self.floor(milliseconds, Self.millisecondsOfDay) / Self.millisecondsOfDay) }

    package var date: (year: Int, month: Int, day: Int) { Self.civil(day: days) }
    /// From 0 to 23.
    package var hour: Int { Int((milliseconds - startOfDay.milliseconds) / Self.millisecondsOfHour) }

    package var startOfHour: Timestamp {
        Timestamp(milliseconds: Self.floor(milliseconds, Self.millisecondsOfHour))
    }
    package var startOfDay: Timestamp { Timestamp(milliseconds: Self.floor(milliseconds, Self.millisecondsOfDay)) }
    /// Monday; 1970 began on a Thursday.
    package var startOfWeek: Timestamp {
        startOfDay.adding(hours: -24 * ((days % 7 + 10) % 7))
    }
    package var startOfMonth: Timestamp { Timestamp(year: date.year, month: date.month, day: 1) }
    package var startOfYear: Timestamp { Timestamp(year: date.year, month: 1, day: 1) }

    private static func floor(_ value: Int64, _ step: Int64) -> Int64 {
        let rest = value % step
        return value - (rest < 0 ? rest + step : rest)
    }
}

extension Timestamp {
    /// From `2026-03-14T10:30:00Z`, to the second or finer, from 1970 to 9999; with `+01:00` for `Z` where it is
    /// another zone's time. nil for anything else, such as a time of no zone or the 30th of February.
    package init?(iso8601 text: String) {
        let form =
            #/
            ([0-9]{4}) - ([0-9]{2}) - ([0-9]{2}) T ([0-9]{2}) : ([0-9]{2})
            (?: : ([0-9]{2}) (?: \. ([0-9]{1,9}) )? )?
            ( Z | [+\-][0-9]{2}:[0-9]{2} )
            /#
        guard let (_, year, month, day, hour, minute, second, fraction, zone) = text.wholeMatch(of: form)?.output,
            let year = Int(year), let month = Int(month), let day = Int(day), let hour = Int(hour),
            let minute = Int(minute), let second = Int(second ?? "0"),
            let milliseconds = Int64((fraction ?? "").padded), let shift = Self.minutes(of: zone),
            year >= 1970, (1...12).contains(month), hour < 24, minute < 60, second < 60
        else { return nil }
        let midnight = Timestamp(year: year, month: month, day: day)
        guard midnight.date == (year, month, day) else { return nil }
        let seconds = (hour * 60 + minute - shift) * 60 + second
        self = midnight.adding(seconds: seconds).adding(milliseconds: milliseconds)
    }

    private static func minutes(of zone: Substring) -> Int? {
        if zone == "Z" { return 0 }
        let parts = zone.dropFirst().split(separator: ":").compactMap { Int($0) }
        guard parts.count == 2, parts[0] < 24, parts[1] < 60 else { return nil }
        return (parts[0] * 60 + parts[1]) * (zone.hasPrefix("-") ? -1 : 1)
    }
}

extension Substring {
    /// The first three digits of a fraction.
    fileprivate var padded: String { String((self + "000").prefix(3)) }
}
