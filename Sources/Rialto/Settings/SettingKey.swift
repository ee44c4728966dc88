import Domain
import Foundation
import Ledger

/// A key of the config: its name, and how its words become a setting.
struct SettingKey<Root>: Sendable {
    /// With its section, such as `limits.body_bytes`; an upstream's key stands alone.
    let name: String
    /// Whether the config file may have several values for it.
    var isList = false
    let set: @Sendable (_ root: inout Root, _ words: String) throws(Misfit) -> Void

    /// What a key needed instead of the words it was given.
    struct Misfit: Error { let wanted: String }

    typealias Path<Value> = any WritableKeyPath<Root, Value> & Sendable

    static func number(_ name: String, _ path: Path<Int>, _ range: ClosedRange<Int>) -> Self {
        Self(name: name) { root, words throws(Misfit) in
            root[keyPath: path] = try number(words, range)
        }
    }

    static func number(_ name: String, _ path: Path<Int?>, _ range: ClosedRange<Int>) -> Self {
        Self(name: name) { root, words throws(Misfit) in
            root[keyPath: path] = try number(words, range)
        }
    }

    private static func number(_ words: String, _ range: ClosedRange<Int>) throws(Misfit) -> Int {
        guard let number = Int(words), range.contains(number) else {
            throw Misfit(wanted: "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// Millionths of a dollar, written in dollars.
    static func dollars(_ name: String, _ path: Path<Int64>) -> Self {
        Self(name: name) { root, words throws(Misfit) in root[keyPath: path] = try dollars(words) }
    }

    static func dollars(_ name: String, _ path: Path<Int64?>) -> Self {
        Self(name: name) { root, words throws(Misfit) in root[keyPath: path] = try dollars(words) }
    }

    private static func dollars(_ words: String) throws(Misfit) -> Int64 {
        guard let amount = Money(dollars: words, places: 6), amount.micros <= 1_000_000 * Money.microsPerDollar else {
            throw Misfit(wanted: "must be dollars, up to 1000000 with 6 places at most, such as 0.15")
        }
        return amount.micros
    }

    static func flag(_ name: String, _ path: Path<Bool>) -> Self {
        Self(name: name) { root, words throws(Misfit) in
            switch words.lowercased() {
            case "true", "yes", "on", "1": root[keyPath: path] = true
            case "false", "no", "off", "0": root[keyPath: path] = false
            default: throw Misfit(wanted: "must be true or false")
            }
        }
    }

    static func text(_ name: String, _ path: Path<String>) -> Self {
        Self(name: name) { root, words throws(Misfit) in
            guard !words.isEmpty else { throw Misfit(wanted: "must not be empty") }
            root[keyPath: path] = words
        }
    }

    static func text(_ name: String, _ path: Path<String?>) -> Self {
        Self(name: name) { root, words throws(Misfit) in
            guard !words.isEmpty else { throw Misfit(wanted: "must not be empty") }
            root[keyPath: path] = words
        }
    }

    /// Whole numbers between commas.
    static func numbers(_ name: String, _ path: Path<[Int]>, _ range: ClosedRange<Int>) -> Self {
        Self(name: name, isList: true) { root, words throws(Misfit) in
            let numbers = Self.items(words).map { Int($0) }
            guard !numbers.isEmpty, numbers.allSatisfy({ $0.map(range.contains) ?? false }) else {
                throw Misfit(wanted: "must be whole numbers from \(range.lowerBound) to \(range.upperBound)")
            }
            root[keyPath: path] = numbers.compactMap(\.self)
        }
    }

    /// Words between commas.
    static func list(
        _ name: String, _ path: Path<[String]>, of wanted: String, _ fits: @escaping @Sendable (String) -> Bool
    ) -> Self {
        Self(name: name, isList: true) { root, words throws(Misfit) in
            let items = Self.items(words)
            guard items.allSatisfy(fits) else { throw Misfit(wanted: "must be \(wanted)") }
            root[keyPath: path] = items
        }
    }

    private static func items(_ words: String) -> [String] {
        words.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }

    static func word<Word: RawRepresentable & CaseIterable & Sendable>(
        _ name: String, _ path: Path<Word>, except: [Word] = []
    ) -> Self where Word.RawValue == String {
        let names = Word.allCases.map(\.rawValue).filter { name in !except.contains { $0.rawValue == name } }
        return Self(name: name) { root, words throws(Misfit) in
            guard names.contains(words), let word = Word(rawValue: words) else {
                throw Misfit(wanted: "must be one of \(names.joined(separator: ", "))")
            }
            root[keyPath: path] = word
        }
    }
}
