import Foundation
import NIOHTTP1

/// How long a server wants to be left alone.
enum RetryAfter {
    /// Seconds from now: `retry-after-ms`, or `Retry-After` in seconds or as an HTTP date (RFC 9110 §10.2.3).
    static func seconds(_ headers: HTTPHeaders, now: Date) -> Double? {
        if let milliseconds = headers.first(name: "retry-after-ms").flatMap(number) { return milliseconds / 1000 }
        guard let text = headers.first(name: "Retry-After") else { return nil }
        return number(text) ?? date(text).map { max(0, $0.timeIntervalSince(now)) }
    }

    private static func number(_ text: String) -> Double? {
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
