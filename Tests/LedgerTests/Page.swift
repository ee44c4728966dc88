import Ledger
import TestKit
import Testing

/// A page of an account book: line by line what is asked of the ledger, and what the accounts have after it.
///
///     1 single world/card -> wallet/mara 10.00          | wallet/mara +10.00
///     2 hold wallet/mara -> revenue/domains 4.00        | wallet/mara +10.00 (-4.00)
///     3 post 2 3.00                                     | wallet/mara +10.00 -3.00
///     4 void 2                  alreadyPosted
///
/// The number is the transfer's; lines that begin with `&` belong to one group with the line before them. Without an
/// outcome a line must be posted. What is in brackets is held. Accounts whose balance changes have to be named.
struct Page {
    /// A line that cannot be read.
    struct Blot: Error {
        var line: String
    }

    let book = PaperBook()
    private let place: SourceLocation

    /// Checks every line of a page.
    @discardableResult
    init(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        place = sourceLocation
        var lines: [Line] = []
        for text in text.split(separator: "\n") {
            let line = try Line(String(text), after: book.journal + lines.map(\.transfer))
            if !line.isLinked { try write(&lines) }
            lines.append(line)
        }
        try write(&lines)
    }

    private func write(_ lines: inout [Line]) throws {
        defer { lines = [] }
        guard !lines.isEmpty else { return }
        let before = book.kept
        let count = book.journal.count
        let outcomes = try Ledger.post(lines.map(\.transfer), in: book)
        for (line, outcome) in zip(lines, outcomes) {
            #expect(outcome == line.outcome, "\(line.text)", sourceLocation: place)
        }
        let named = lines.flatMap(\.balances)
        for (account, balance) in named {
            let shown = Self.shown(book.balance(of: AccountName(account)))
            #expect(shown == balance, "\(account) after \(lines[lines.count - 1].text)", sourceLocation: place)
        }
        let changed = book.kept.filter { before[$0.key] != $0.value }.map(\.key.text)
        #expect(Set(changed).isSubset(of: named.map(\.account)), "\(lines[0].text)", sourceLocation: place)
        let posted = outcomes.count { $0 == .posted }
        #expect(book.journal.count == count + posted, "\(lines[0].text)", sourceLocation: place)
    }

    /// `+10.00 -3.00 (-4.00) (+1.00)`, `0.00` where there is nothing.
    private static func shown(_ balance: Balance) -> String {
        let parts = [
            ("+", "", balance.creditsPosted), ("-", "", balance.debitsPosted),
            ("(-", ")", balance.debitsPending), ("(+", ")", balance.creditsPending),
        ].filter { $0.2 != 0 }.map { "\($0.0)\(shown($0.2))\($0.1)" }
        return parts.isEmpty ? "0.00" : parts.joined(separator: " ")
    }

    private static func shown(_ amount: Int64) -> String {
        if amount == .max { return "max" }
        let cents = amount % 1_000_000 / 10_000
        return "\(amount / 1_000_000).\(cents < 10 ? "0" : "")\(cents)"
    }
}

/// One line of a page.
private struct Line {
    var text: String
    var isLinked = false
    var transfer: Transfer
    var outcome = Outcome.posted
    var balances: [(account: String, shown: String)] = []

    init(_ text: String, after journal: [Transfer]) throws {
        self.text = text.split(separator: " ").joined(separator: " ")
        let sides = text.split(separator: "|")
        var words = sides[0].split(separator: " ").map(String.init)[...]
        if words.first == "&" {
            isLinked = true
            words.removeFirst()
        }
        if let outcome = words.last.flatMap(Outcome.init(rawValue:)) {
            self.outcome = outcome
            words.removeLast()
        }
        guard let transfer = Line.transfer(words, after: journal) else { throw Page.Blot(line: text) }
        self.transfer = transfer
        for side in sides.dropFirst().joined().split(separator: ",") {
            let parts = side.split(separator: " ")
            balances.append((String(parts[0]), parts.dropFirst().joined(separator: " ")))
        }
    }

    private static func transfer(_ words: ArraySlice<String>, after journal: [Transfer]) -> Transfer? {
        var words = words
        guard let id = words.popFirst().flatMap(UInt64.init), let verb = words.popFirst() else { return nil }
        var transfer = Transfer(
            id: TransferID(high: 7, low: id), debit: AccountName(""), credit: AccountName(""), amount: 0,
            code: "purchase", actor: "agent:mara", at: 1_773_484_200_000)
        if verb == "hold" { transfer.kind = .pending }
        if let end = ends[verb] {
            guard let hold = words.popFirst().flatMap(UInt64.init).map({ TransferID(high: 7, low: $0) })
            else { return nil }
            transfer.kind = end(hold)
            if let hold = journal.first(where: { $0.id == hold }) {
                (transfer.debit, transfer.credit, transfer.amount) = (hold.debit, hold.credit, hold.amount)
            }
        }
        if words.count >= 3 {
            transfer.debit = AccountName(words.removeFirst())
            guard words.removeFirst() == "->" else { return nil }
            transfer.credit = AccountName(words.removeFirst())
        }
        if let word = words.popFirst() {
            guard let amount = amount(word) else { return nil }
            transfer.amount = amount
        }
        return words.isEmpty ? transfer : nil
    }

    private static let ends: [String: @Sendable (TransferID) -> Transfer.Kind] = [
        "post": Transfer.Kind.post, "void": Transfer.Kind.void, "expire": Transfer.Kind.expire,
    ]

    private static func amount(_ word: String) -> Int64? {
        if word == "max" { return .max }
        let digits = word.split(separator: ".").joined()
        return word.contains(".") ? Int64(digits).map { $0 * 10_000 } : nil
    }
}
