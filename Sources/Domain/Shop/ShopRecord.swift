import Foundation

/// A thing that the shop keeps as one document under a kind and an id: a quote, a purchase, a service.
package protocol ShopRecord: Codable, Sendable {
    /// The name of its shelf; never changed once released.
    static var kind: String { get }

    var id: ID { get }
    var account: ID { get }
    /// What it is a part of, and is listed by: a purchase's approval, a service's operation.
    var parent: ID? { get }
    /// Its state, in a word that lists can ask for.
    var shelf: String { get }
    /// A second word that lists can ask for: a category, a type, a subject.
    var label: String { get }
    /// When somebody has to look at it next.
    var dueAt: Timestamp? { get }
    /// Raised by one with each change, from 1 on; who changes a record must have seen its newest.
    var version: Int64 { get set }
}

extension ShopRecord {
    package var parent: ID? { nil }
    package var label: String { "" }
    package var dueAt: Timestamp? { nil }
}

/// A record as a store keeps it.
package struct StoredRecord: Sendable, Equatable {
    package var kind: String
    package var id: ID
    package var account: ID
    package var parent: ID?
    package var shelf: String
    package var label: String
    package var dueAt: Timestamp?
    package var version: Int64
    /// JSON.
    package var body: String

    package init(
        kind: String, id: ID, account: ID, parent: ID?, shelf: String, label: String, dueAt: Timestamp?,
        version: Int64, body: String
    ) {
        self.kind = kind
        self.id = id
        self.account = account
        self.parent = parent
        self.shelf = shelf
        self.label = label
        self.dueAt = dueAt
        self.version = version
        self.body = body
    }
}

extension StoredRecord {
    init(_ record: some ShopRecord) throws {
        self.init(
            kind: type(of: record).kind, id: record.id, account: record.account, parent: record.parent,
            shelf: record.shelf, label: record.label, dueAt: record.dueAt, version: record.version,
            body: try record.storedJSON())
    }

    func read<Record: ShopRecord>(_: Record.Type) throws -> Record {
        do {
            return try JSONDecoder().decode(Record.self, from: Data(body.utf8))
        } catch {
            throw Refusal(.unsupported, "This version cannot read a stored \(kind).")
        }
    }
}

extension RecordRows {
    package func insert(_ record: some ShopRecord) throws {
        try insert(StoredRecord(record))
    }

    /// Writes a changed record over the version that it was made from.
    /// - Returns: it, with its new version.
    /// - Throws: `conflict` where another change came first.
    @discardableResult
    package func update<Record: ShopRecord>(_ record: Record) throws -> Record {
        var next = record
        next.version += 1
        guard try update(StoredRecord(next)) else {
            throw Refusal(.conflict, "Somebody else changed this \(Record.kind) meanwhile: try again.")
        }
        return next
    }

    package func find<Record: ShopRecord>(_: Record.Type, _ id: ID) throws -> Record? {
        try record(of: Record.kind, id: id)?.read(Record.self)
    }

    /// One of an account; another's does not exist.
    package func find<Record: ShopRecord>(_: Record.Type, _ id: ID, of account: ID) throws -> Record {
        guard let record = try find(Record.self, id), record.account == account else {
            throw Refusal(.notFound, "There is no \(Record.kind) \(id).")
        }
        return record
    }

    package func list<Record: ShopRecord>(_: Record.Type, _ page: RecordPage) throws -> [Record] {
        try records(of: Record.kind, page).map { try $0.read(Record.self) }
    }

    /// Takes those whose time has come, and keeps others from them until another moment.
    package func takeDue<Record: ShopRecord>(
        _: Record.Type, at now: Timestamp, until: Timestamp, limit: Int
    ) throws -> [Record] {
        try takeDue(kind: Record.kind, at: now, until: until, limit: limit).map { try $0.read(Record.self) }
    }
}
