/// The calendar period that a moment is in.
extension Policy.Interval {
    /// From its first moment to the next one's; nil for what is no period of time.
    package func window(at moment: Timestamp) -> (start: Timestamp, end: Timestamp)? {
        switch self {
        case .perPurchase, .allTime: return nil
        case .hourly: return (moment.startOfHour, moment.startOfHour.adding(hours: 1))
        case .daily: return (moment.startOfDay, moment.startOfDay.adding(hours: 24))
        case .weekly: return (moment.startOfWeek, moment.startOfWeek.adding(hours: 7 * 24))
        case .monthly:
            let date = moment.date
            return (moment.startOfMonth, Timestamp(year: date.year, month: date.month + 1, day: 1))
        case .yearly:
            return (moment.startOfYear, Timestamp(year: moment.date.year + 1, month: 1, day: 1))
        }
    }

    /// `2026-11-29T11`, or `all`: what the period is called in the name of a budget.
    func windowName(at moment: Timestamp) -> String {
        window(at: moment).map { String($0.start.iso8601.prefix(13)) } ?? "all"
    }
}
