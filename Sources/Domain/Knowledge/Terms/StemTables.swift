/// The endings of English and Portuguese words; a line is endings `>` replacement, and the letters before at least.
enum StemTables {
    static let plurals = Endings(
        """
        ss>ss 0
        us>us 0
        is>is 0
        ies>y 2
        eses>e 2
        coes>cao 0
        soes>sao 1
        ioes>iao 1
        toes>tao 2
        lhoes>lhao 1
        roes>rao 3
        noes>nao 2
        xoes>xao 1
        moes>mao 2
        loes>lao 2
        does>dao 2
        poes>pao 2
        zoes>zao 2
        aes>ao 1
        ores>or 2
        ais>al 2
        eis>el 2
        ois>ol 2
        uis>ul 2
        fis>fil 2
        vis>vil 2
        ais>ai 1
        eis>ei 1
        amos>amos 4
        emos>emos 4
        s>3
        """)

    static let endings = Endings(
        """
        ing ed>3
        eed>eed 0
        ied>y 2
        ly>4
        ically ical>ic 3
        ation ated ating ate>4
        eation eated eating eate>eat 0
        oated oating>oat 0
        e>3
        amento imento>3
        mente>3
        amente>3
        acao>3
        icao>4
        ado ada ido ida>4
        ando endo indo>3
        ar ei ou>3
        lear>lear 0
        pear>pear 0
        ir i eu iu am em>4
        gram>gram 0
        eam>eam 0
        oam>oam 0
        stem>stem 0
        blem>blem 0
        gem>gem 0
        orem>orem 0
        amos emos aramos aremos eremos iremos arei erei irei ariam eriam iriam>4
        aram eram iram arem erem irem avam ava>4
        ara era ira arao erao irao>4
        aria eria iria ario>4
        eira eiro>eir 2
        ador edor idor adora>5
        encia>5
        eio>e 3
        io ia>i 3
        ao>ao 0
        a o>4
        """)

    /// After the others: `registered` has become `register`.
    static let lastEndings = Endings(
        """
        er>5
        tion>t 3
        sion>s 3
        nder>nd 1
        """)

    /// Words whose endings are none, or whose forms no rule brings together.
    static let forms = """
        alias:alias apis:api cpus:cpu customer:customer customers:customer gpus:gpu ids:id menus:menu news:news \
        pais:pais paises:pais urls:url used:use uses:use using:use
        """
}
