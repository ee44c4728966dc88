package import Foundation

/// How long a server wants to be left alone.
package enum RetryAfter {
    /// Seconds from now: `Retry-After` in seconds or as an HTTP date (RFC 9110 §10.2.3).
    package static func seconds(_ text: String, now: Date) -> Double? {
        number(text) ?? date(text).map { max(0, $0.timeIntervalSince(now)) }
    }

    package static func number(_ text: String) -> Double? {
        guard let value = Double(text), value.isFinite, value >= 0 else { return nil }
        return value
    }

    private static func date(_ text: String) -> Date? {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(secondsFromGMT: 0)
        let formats = ["EEE, dd MMM yyyy HH:mm:ss 'GMT'", "EEEE, dd-MMM-yy HH:mm:ss 'GMT'", "EEE MMM d HH:mm:ss yyyy"]
        for format in formats {
            formatter.dateFormat = format
            if let date = formatter.date(from: text) { return date }
        }
        return nil
    }
}
