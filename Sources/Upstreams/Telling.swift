import Domain
import Synchronization

/// An answer that is known already, told in small pieces like any other.
final class Telling: Asking {
    /// Characters of a piece, at least; it ends where a word ends.
    static let pieceLength = 48

    private let pieces: [AnswerPiece]
    private let end: AnswerEnd
    private let answer: any Answer
    private let isCanceled = Atomic(false)

    /// - Parameter step: what was done to know the answer, with what came of it.
    init(_ text: String, after step: Step? = nil, into answer: any Answer) {
        var begun = step
        begun?.output = nil
        let steps = [begun.map { AnswerPiece.stepStarted($0) }, step.map { .stepFinished($0) }]
        pieces = steps.compactMap(\.self) + Self.pieces(of: text).map { .text($0) }
        end = .finished(.stop)
        self.answer = answer
    }

    /// Nothing but an end.
    convenience init(_ end: AnswerEnd, into answer: any Answer) {
        self.init([], end: end, into: answer)
    }

    init(_ pieces: [AnswerPiece], end: AnswerEnd, into answer: any Answer) {
        self.pieces = pieces
        self.end = end
        self.answer = answer
    }

    func begin() {
        Task {
            for piece in self.pieces {
                guard !self.isCanceled.load(ordering: .acquiring) else { return }
                self.answer.received(piece)
                await Task.yield()
            }
            guard !self.isCanceled.load(ordering: .acquiring) else { return }
            self.answer.ended(self.end)
        }
    }

    func cancel() {
        isCanceled.store(true, ordering: .releasing)
    }

    /// Cut behind spaces; together they are the text.
    static func pieces(of text: String) -> [String] {
        var pieces: [String] = []
        var piece = ""
        for letter in text {
            piece.append(letter)
            let isLong = piece.count >= pieceLength && letter.isWhitespace || piece.count >= 2 * pieceLength
            if isLong {
                pieces.append(piece)
                piece = ""
            }
        }
        if !piece.isEmpty { pieces.append(piece) }
        return pieces
    }
}
