extension Timestamp {
    /// The same time of day, so many months later; where that month has no such day, its last.
    package func adding(months: Int) -> Timestamp {
        let day = Int((milliseconds - ((milliseconds % 86_400_000) + 86_400_000) % 86_400_000) / 86_400_000)
        let rest = milliseconds - Int64(day) * 86_400_000
        let date = Self.civil(day: day)
        let month = date.year * 12 + date.month - 1 + months
        let (year, number) = (month / 12, month % 12 + 1)
        let next = Self.day(year: number == 12 ? year + 1 : year, month: number == 12 ? 1 : number + 1, day: 1)
        let first = Self.day(year: year, month: number, day: 1)
        let target = first + min(date.day, next - first) - 1
        return Timestamp(milliseconds: Int64(target) * 86_400_000 + rest)
    }

    /// Days since 1970 of a proleptic Gregorian date (Howard Hinnant's `days_from_civil`).
    static func day(year: Int, month: Int, day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
