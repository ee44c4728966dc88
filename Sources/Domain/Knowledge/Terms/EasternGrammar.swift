/// What Japanese, Chinese and Korean say in every sentence: particles, endings, helping verbs.
///
/// Hiragana are kept where they are words (はがき, めがね, わかる) and dropped where they are grammar; that goes by pairs,
/// since without a dictionary nobody knows where an ending begins.
enum EasternGrammar {
    static func holds(_ letter: Unicode.Scalar) -> Bool {
        askers.contains(letter)
    }

    static func holds(_ first: Unicode.Scalar, _ second: Unicode.Scalar) -> Bool {
        switch (isHiragana(first), isHiragana(second)) {
        case (true, true): first == "を" || second == "を" || pairs.contains(Pair(first: first, second: second))
        case (true, false): particles.contains(first)
        case (false, true): particles.contains(second)
        case (false, false): askers.contains(first) || askers.contains(second) || isEnding(first, second)
        }
    }

    private struct Pair: Hashable {
        var first: Unicode.Scalar
        var second: Unicode.Scalar
    }

    private static func isHiragana(_ letter: Unicode.Scalar) -> Bool {
        (0x3041...0x309F).contains(letter.value)
    }

    private static func isEnding(_ first: Unicode.Scalar, _ second: Unicode.Scalar) -> Bool {
        (0xAC00...0xD7A3).contains(first.value) && pairs.contains(Pair(first: first, second: second))
    }

    /// Kana that beside a Han letter are nearly always a particle or the beginning of an ending: 品を, 更す, の返.
    private static let particles = Set("をはがのにでともへやかなたてだするさ".unicodeScalars)

    /// Chinese particles and question words that Japanese does not use as letters of its words.
    private static let askers = Set("吗嗎呢吧么麼们們这這哪怎".unicodeScalars)

    private static let pairs = Set(
        words.split(separator: " ").flatMap { word in
            zip(word.unicodeScalars, word.unicodeScalars.dropFirst()).map { Pair(first: $0, second: $1) }
        })

    private static let words = """
        です ます でした ました ません ませんでした でしょうか ましょう ください くださいませ について にかんして できますか \
        できません できる できない される されます された されて されない している しています していた していない しました します \
        しません して した しない する すること したい したいです すれば しなければなりません いただく いただき いただけます \
        いただけますか ございます ございません ありますか ありません ある ない なる なります なりました なった いる います いません \
        いた いて おります れる られる られます れば たい たら なら ならば こと もの ため ように ような ようです から まで までに より \
        など ので のに のは のが のを のか には では とは とも ても でも にも へは への での との からの これ それ あれ この その あの \
        ここ そこ いつ どう どの どれ どこ どこで どんな なに なんですか どのように どのような どうやって どうすれば いいですか よいですか \
        よろしい また または および かつ ただし もし すでに における において に対して によって による によると という といった として \
        とき くらい ぐらい だけ のみ ほど さん たち である であれば であり であった だった ている てい ておく てください ですが ますが \
        ますので ですので ましたら でしたら ところ おねがいします ねがい いたします いたしました せん すか たか るか のです んです \
        습니다 습니까 합니다 입니다 입니까 있습니다 없습니다 됩니다 하는 하고 하여 에서 으로 에게 부터 까지 어떻게
        """
}
