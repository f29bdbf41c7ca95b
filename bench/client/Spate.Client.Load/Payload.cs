namespace Spate.Client.Load;

/// <summary>
/// The values of records: stretches of one text of invented words, some frequent and most rare, which compresses as text does. The same as
/// payload.c of rdkafka-load makes.
/// </summary>
internal sealed class Payload
{
    private const int TextBytes = 1 << 20;
    private const int Stride = 977;
    private const int Words = 512;
    private const int WordBytesMin = 3;
    private const int WordBytesMax = 9;
    private const int Letters = 26;

    private readonly byte[] _text = new byte[TextBytes];
    private uint _state = 1;

    public Payload()
    {
        var words = new byte[Words][];
        for (var word = 0; word < Words; word++)
        {
            words[word] = new byte[WordBytesMin + (Next() % (WordBytesMax - WordBytesMin + 1))];
            for (var letter = 0; letter < words[word].Length; letter++)
            {
                words[word][letter] = (byte)('a' + (Next() % Letters));
            }
        }

        for (var at = 0; at < TextBytes;)
        {
            var left = Next();
            var word = words[left & Next() & (Words - 1)];
            var length = Math.Min(word.Length, TextBytes - at);
            word.AsSpan(0, length).CopyTo(_text.AsSpan(at));
            at += length;
            if (at < TextBytes)
            {
                _text[at++] = (byte)' ';
            }
        }
    }

    /// <summary>The value of the record with this number.</summary>
    public ReadOnlyMemory<byte> Of(long number, int bytes) => _text.AsMemory((int)(number * Stride % (TextBytes - bytes)), bytes);

    private uint Next()
    {
        _state = (_state * 1664525) + 1013904223;
        return _state >> 16;
    }
}
