import Foundation
package import Ledger

/// One line of exported books: a transfer in its place in the chain, or a balance as the store keeps it. JSON.
package enum BookLine: Sendable, Equatable {
    case entry(BookEntry)
    case balance(name: AccountName, account: ID, balance: Balance)

    private struct Written: Codable {
        var kind: String
        var account: ID
        var sequence: Int64?
        var id: ID?
        var debit: String?
        var credit: String?
        var amount: Int64?
        var transfer: String?
        var pending: ID?
        var code: String?
        var subject: String?
        var actor: String?
        var at: Int64?
        var hash: String?
        var name: String?
        var balance: [Int64]?
    }

    /// Without a line end.
    package func render() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(written), as: UTF8.self)
    }

    private var written: Written {
        switch self {
        case .entry(let entry):
            let transfer = entry.transfer
            var line = Written(kind: "transfer", account: entry.account)
            line.sequence = entry.sequence
            line.id = ID(transfer.id)
            (line.debit, line.credit) = (transfer.debit.text, transfer.credit.text)
            (line.amount, line.transfer) = (transfer.amount, transfer.kind.word)
            line.pending = transfer.kind.pending.map { ID($0) }
            (line.code, line.subject, line.actor) = (transfer.code, transfer.subject, transfer.actor)
            (line.at, line.hash) = (transfer.at, entry.hash.hexadecimal)
            return line
        case .balance(let name, let account, let balance):
            var line = Written(kind: "balance", account: account)
            line.name = name.text
            line.balance = [
                balance.debitsPending, balance.debitsPosted, balance.creditsPending, balance.creditsPosted,
            ]
            return line
        }
    }

    /// - Throws: `invalid` for what is no line of exported books.
    package init(parsing text: String) throws(Refusal) {
        guard let line = try? JSONDecoder().decode(Written.self, from: Data(text.utf8)),
            let parsed = line.kind == "balance" ? Self.balance(line) : Self.entry(line)
        else { throw Refusal(.invalid, "This is no line of exported books.") }
        self = parsed
    }

    private static func balance(_ line: Written) -> BookLine? {
        guard let name = line.name, let sums = line.balance, sums.count == 4 else { return nil }
        return .balance(
            name: AccountName(name), account: line.account,
            balance: Balance(
                debitsPending: sums[0], debitsPosted: sums[1], creditsPending: sums[2], creditsPosted: sums[3]))
    }

    private static func entry(_ line: Written) -> BookLine? {
        guard line.kind == "transfer", let sequence = line.sequence, let id = line.id, let debit = line.debit,
            let credit = line.credit, let amount = line.amount, let word = line.transfer, let code = line.code,
            let subject = line.subject, let actor = line.actor, let at = line.at, let hash = line.hash,
            let bytes = [UInt8](hexadecimal: hash),
            let kind = Transfer.Kind(word: word, pending: line.pending.map { TransferID($0) })
        else { return nil }
        return .entry(
            BookEntry(
                account: line.account, sequence: sequence,
                transfer: Transfer(
                    id: TransferID(id), debit: AccountName(debit), credit: AccountName(credit), amount: amount,
                    kind: kind, code: code, subject: subject, actor: actor, at: at), hash: bytes))
    }
}

extension [UInt8] {
    init?(hexadecimal text: String) {
        guard text.utf8.count % 2 == 0 else { return nil }
        var bytes: [UInt8] = []
        var rest = Substring(text)
        while !rest.isEmpty {
            guard let byte = UInt8(rest.prefix(2), radix: 16) else { return nil }
            bytes.append(byte)
            rest = rest.dropFirst(2)
        }
        self = bytes
    }
}
