/// A moment in UTC, in milliseconds since 1970.
package struct Timestamp: Hashable, Comparable, Sendable, Codable {
    package var milliseconds: Int64

    package init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    package var seconds: Int64 { milliseconds / 1000 }

    package func adding(seconds: Int) -> Timestamp {
        Timestamp(milliseconds: milliseconds + Int64(seconds) * 1000)
    }

    package func adding(milliseconds more: Int64) -> Timestamp {
        Timestamp(milliseconds: milliseconds + more)
    }

    package func adding(hours: Int) -> Timestamp { adding(seconds: hours * 3600) }

    package static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.milliseconds < right.milliseconds
    }

    /// `2026-03-14T10:30:00.000Z`. Written by hand because it stands in every streamed chunk.
    package var iso8601: String {
        let day = Int((milliseconds >= 0 ? milliseconds : milliseconds - 86_399_999) / 86_400_000)
        let rest = Int(milliseconds - Int64(day) * 86_400_000)
        let date = Self.civil(day: day)
        let fields: [(value: Int, digits: Int, then: UInt8)] = [
            (date.year, 4, 45), (date.month, 2, 45), (date.day, 2, 84),
            (rest / 3_600_000, 2, 58), (rest / 60_000 % 60, 2, 58), (rest / 1000 % 60, 2, 46), (rest % 1000, 3, 90),
        ]
        return String(unsafeUninitializedCapacity: 24) { text in
            var place = 0
            for field in fields {
                var value = field.value
                for digit in stride(from: field.digits - 1, through: 0, by: -1) {
                    text[place + digit] = 48 + UInt8(value % 10)
                    value /= 10
                }
                text[place + field.digits] = field.then
                place += field.digits + 1
            }
            return 24
        }
    }

    /// The proleptic Gregorian date of a day counted from 1970 (Howard Hinnant's `civil_from_days`).
    static func civil(day: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = day + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }
}
