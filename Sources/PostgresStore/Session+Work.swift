import Domain
import Foundation

/// What became of a caller's work.
enum Outcome<Answer> {
    case done(Answer)
    /// - Parameter cause: the storage's own words, where it failed.
    case failed(any Error, cause: DatabaseFault?)
    /// The connection was lost and nothing was kept: it may be done again on another.
    case lost(DatabaseFault)
}

extension Session {
    /// How often work is begun when others are in its way.
    static let attempts = 8

    /// Does the work in one transaction; again where that may help, so that it may run more than once.
    func write<Answer>(_ work: (any Transaction) throws -> Answer) -> Outcome<Answer> {
        attempt { isCautious in
            let answer = try work(Rows(session: self, isCautious: isCautious))
            try commit()
            return answer
        }
    }

    /// Does the work within one view; the caller can be answered before `undo` lets go of it.
    func read<Answer>(_ work: (any Transaction) throws -> Answer) -> Outcome<Answer> {
        attempt { _ in
            let answer = try work(Rows(session: self, isCautious: true))
            // A fault that the work has hidden is one.
            if let fault { throw fault }
            return answer
        }
    }

    private func attempt<Answer>(_ pass: (_ isCautious: Bool) throws -> Answer) -> Outcome<Answer> {
        var doubts = 0
        var attempt = 1
        while true {
            start()
            do {
                return .done(try pass(doubts > 0))
            } catch {
                // Trust that nothing has put to the test yet may be why the work gave up.
                let isDoubtful = waiting.contains(where: \.isGuess) || fault?.isDoubt == true
                let fault = fault ?? (error as? DatabaseFault)
                let isUnknown = isUnknown
                undo()
                if isUnknown { return .failed(StorageFault.unknown, cause: fault) }
                if let fault, fault.isLoss { return .lost(fault) }
                if isDoubtful, doubts < 2 {
                    doubts += 1
                } else if let fault, fault.isClash, attempt < Self.attempts {
                    Self.pause(attempt)
                } else {
                    return failed(fault, error)
                }
                attempt += 1
            }
        }
    }

    private func failed<Answer>(_ fault: DatabaseFault?, _ error: any Error) -> Outcome<Answer> {
        guard let fault else { return .failed(error, cause: nil) }
        // Where writes are refused, another server of the address may take them.
        if fault.state == "25006", role == .writing { retire() }
        let told = role == .writing ? StorageFault.refusal(writing: fault) : StorageFault.refusal(reading: fault)
        return .failed(told, cause: StorageFault.isOfStorage(fault) ? fault : nil)
    }

    /// Two who were in each other's way must not meet again.
    private static func pause(_ attempt: Int) {
        Thread.sleep(forTimeInterval: 0.002 * Double(attempt) * .random(in: 0.5...1.5))
    }
}
