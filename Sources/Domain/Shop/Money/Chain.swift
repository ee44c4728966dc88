import Crypto
package import Ledger

/// The chain of an account's transfers: each hash covers the one before, so that nothing in between can be changed.
package enum Chain {
    /// SHA-256 of the hash before and of the transfer's fields, each behind its length.
    package static func hash(of transfer: Transfer, number: Int64, after last: [UInt8]) -> [UInt8] {
        var bytes = last
        for field in fields(of: transfer, number: number) {
            bytes.append(contentsOf: "\(field.utf8.count):".utf8)
            bytes.append(contentsOf: field.utf8)
        }
        return Array(SHA256.hash(data: bytes))
    }

    private static func fields(of transfer: Transfer, number: Int64) -> [String] {
        [
            String(number), ID(transfer.id).uuid, transfer.debit.text, transfer.credit.text, String(transfer.amount),
            transfer.kind.word, transfer.kind.pending.map { ID($0).uuid } ?? "", transfer.code, transfer.subject,
            transfer.actor, String(transfer.at),
        ]
    }
}

extension ID {
    package init(_ transfer: TransferID) {
        self.init(high: transfer.high, low: transfer.low)
    }
}

extension TransferID {
    package init(_ id: ID) {
        self.init(high: id.high, low: id.low)
    }
}
