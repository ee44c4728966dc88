/// A place among the messages of a conversation.
package struct MessagePlace: Sendable, Equatable {
    /// Runs whose answers a reader comes back for, at most; of more than these the newest are remembered.
    package static let mostUnanswered = 16

    package var run: ID
    /// Of the message within its run: from 0 on what was asked, then what was answered.
    package var index: Int
    /// Runs that the reader has passed before they were answered.
    package var unanswered: [ID]

    package init(run: ID, index: Int, unanswered: [ID] = []) {
        self.run = run
        self.index = index
        self.unanswered = unanswered
    }

    fileprivate mutating func pass(_ run: Run) {
        if !run.status.isOver { unanswered = (unanswered + [run.id]).suffix(Self.mostUnanswered) }
    }
}

/// A part of what was said in a conversation, run by run.
package struct MessagePage: Sendable {
    package var conversation: Conversation
    package var limit: Int
    /// What may be read of the conversation at a time.
    package var bytes: Int
    package var newestFirst: Bool
    /// Where the page before ended.
    package var start: MessagePlace?

    package init(conversation: Conversation, limit: Int, bytes: Int, newestFirst: Bool, start: MessagePlace?) {
        self.conversation = conversation
        self.limit = limit
        self.bytes = bytes
        self.newestFirst = newestFirst
        self.start = start
    }

    fileprivate func runs(from start: (run: ID, isIncluded: Bool)?) -> RunPage {
        RunPage(
            account: conversation.account, conversation: conversation.id, limit: limit + 1, bytes: bytes,
            newestFirst: newestFirst, start: start)
    }

    /// The messages of a run that are still to come.
    fileprivate func indices(of run: Run) -> [Int] {
        guard let start, start.run == run.id else {
            return newestFirst ? run.messages.reversed() : Array(run.messages)
        }
        return newestFirst
            ? run.messages.filter { $0 <= start.index }.reversed() : run.messages.filter { $0 >= start.index }
    }
}

extension Conversations {
    /// Hands over the messages of a page, and says where the next one begins.
    ///
    /// Page after page every message comes once, also when runs end in between: the answer of a run that was passed
    /// before it was there comes at the beginning of the next page.
    /// - Parameter take: is given a run and the index of one of its messages; false ends the page before it.
    /// - Returns: nil where there is nothing more.
    package func messages(
        _ page: MessagePage, take: (_ run: Run, _ index: Int) throws -> Bool
    ) async throws -> MessagePlace? {
        var room = page.limit
        func took(_ run: Run, _ index: Int) throws -> Bool {
            room -= 1
            return try room >= 0 && take(run, index)
        }
        var place = page.start ?? MessagePlace(run: ID(high: 0, low: 0), index: 0)
        for id in place.unanswered {
            let run = try await store.read { try $0.run(id: id) }
            if run?.status.isOver == false { continue }
            if let run, run.isPart(of: page.conversation), run.hasAnswer {
                guard try took(run, run.question.messages.count) else { return place }
            }
            place.unanswered.removeAll { $0 == id }
        }
        var start = page.start.map { (run: $0.run, isIncluded: true) }
        while true {
            let asked = page.runs(from: start)
            let runs = try await store.read { try $0.runs(asked) }
            guard let last = runs.last else { return nil }
            for run in runs {
                // Its answer would come first.
                if page.newestFirst, run.id != page.start?.run { place.pass(run) }
                for index in page.indices(of: run) {
                    (place.run, place.index) = (run.id, index)
                    guard try took(run, index) else { return place }
                }
                if !page.newestFirst { place.pass(run) }
            }
            start = (last.id, false)
        }
    }
}

extension Run {
    /// Whether it has added a message of its own to the conversation.
    package var hasAnswer: Bool { status.isOver && (!answer.isEmpty || status == .finished) }

    /// The indices of its messages: what was asked, then what was answered.
    fileprivate var messages: Range<Int> { 0..<question.messages.count + (hasAnswer ? 1 : 0) }

    fileprivate func isPart(of conversation: Conversation) -> Bool {
        account == conversation.account && self.conversation == conversation.id
    }
}
