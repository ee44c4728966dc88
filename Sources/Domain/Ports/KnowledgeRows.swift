/// The knowledge sources.
package protocol SourceRows {
    func insert(_ source: Source) throws
    func source(account: ID, slug: String) throws -> Source?
    /// In the order of their slugs.
    func sources(account: ID) throws -> [Source]
    /// Removes it with its documents; their passages and files must have been removed before.
    func removeSource(id: ID) throws
}

/// The documents of the knowledge sources.
package protocol DocumentRows {
    func insert(_ document: Document) throws
    /// Writes all of it but its names, its size, and until when it is kept.
    func update(_ document: Document) throws
    func document(id: ID) throws -> Document?
    /// In the order of their ids.
    func documents(of source: ID) throws -> [Document]
    /// The one with something to do that has waited longest. Nobody else takes it before `until`.
    func takeDocument(at moment: Timestamp, until: Timestamp) throws -> Document?
    /// Keeps a document that was taken for longer.
    func keepDocument(id: ID, until: Timestamp) throws
    /// Removes it and its file; its passages must have been removed before.
    func removeDocument(id: ID) throws
}

/// The passages of the documents.
package protocol PassageRows {
    func insert(_ passages: [Passage]) throws
    /// In the order of their places, from one on: as many as `limit` allows.
    func passages(of document: ID, from place: Int, limit: Int) throws -> [Passage]
    /// A page of all passages of a source, and how many there are.
    func passages(of source: ID, offset: Int, limit: Int) throws -> (rows: [Passage], total: Int)
    /// Those of these numbers that there are, in no order.
    func passages(numbered numbers: [Int64]) throws -> [Passage]
    /// Removes up to `limit` of a document, from the index too; returns how many.
    func removePassages(of document: ID, limit: Int) throws -> Int
    /// - Returns: whether there was one.
    func removePassage(_ name: PassageName) throws -> Bool
}

/// What passages are found by.
package protocol PassageIndexRows {
    /// Makes passages of one source findable by their terms, in which a term stands as often as it occurs.
    func index(_ passages: [(number: Int64, terms: [String])], of source: ID) throws
    /// The passages of these sources that fit any of the terms, by BM25 (k1 1.2, b 0.75), the best first.
    func rank(_ terms: [String], in sources: [ID], limit: Int) throws -> [RankedPassage]
    /// Keeps vectors of passages of one source, 32-bit floats of unit length in the machine's order of bytes.
    func insert(_ vectors: [(passage: Int64, bytes: [UInt8])], by model: String, of source: ID) throws
    /// Those whose number is above one, in the order of their numbers. No number comes to be below one that was seen.
    func vectors(of source: ID, by model: String, after number: Int64, limit: Int) throws -> [StoredVector]
}

/// A passage with how well it fits.
package struct RankedPassage: Sendable, Equatable {
    package var passage: Int64
    package var score: Double

    package init(passage: Int64, score: Double) {
        self.passage = passage
        self.score = score
    }
}

/// A passage's vector, under its own number.
package struct StoredVector: Sendable, Equatable {
    package var number: Int64
    package var passage: Int64
    package var bytes: [UInt8]

    package init(number: Int64, passage: Int64, bytes: [UInt8]) {
        self.number = number
        self.passage = passage
        self.bytes = bytes
    }
}

/// Places for files that are yet to come, each for one upload.
package protocol UploadTicketRows {
    func insert(_ ticket: UploadTicket) throws
    func uploadTicket(id: ID) throws -> UploadTicket?
    /// - Returns: false for one that was used before.
    func useUploadTicket(id: ID) throws -> Bool
    /// Gives back one that was used in vain.
    func giveBackUploadTicket(id: ID) throws
    func forgetUploadTickets(before moment: Timestamp, limit: Int) throws -> Int
}

/// How much of their rates callers have used.
package protocol RateRows {
    /// The window as it was kept, and nobody else's until this transaction is over.
    func rateWindow(named name: String) throws -> [UInt8]?
    func put(rateWindow: [UInt8], named name: String, until: Timestamp) throws
    func forgetRateWindows(before moment: Timestamp, limit: Int) throws -> Int
}

/// The realms: names under which an account's programs get their tokens.
package protocol RealmRows {
    func insert(_ realm: Realm) throws
    func realm(named name: String) throws -> Realm?
}
