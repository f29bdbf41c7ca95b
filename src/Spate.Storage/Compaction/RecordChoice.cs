namespace Spate.Storage.Compaction;

/// <summary>Which records of a batch stay, one bit each, and what they come to. Used over and over. Not safe for use by several threads at once.</summary>
internal sealed class RecordChoice
{
    private const int BitsPerWord = 64;

    private ulong[] _words = [];

    /// <summary>Records that have been judged.</summary>
    public int Count { get; private set; }

    public int Kept { get; private set; }

    public bool KeepsAll => Kept == Count;

    /// <summary>Whether one of those that stay has no value.</summary>
    public bool KeepsTombstone { get; private set; }

    /// <summary>Begins with a batch.</summary>
    /// <param name="expected">About how many records it has; the room grows when it has more.</param>
    public void Begin(int expected)
    {
        Reserve(expected);
        Count = 0;
        Kept = 0;
        KeepsTombstone = false;
    }

    /// <summary>Judges the next record.</summary>
    public void Add(bool isKept, bool hasValue)
    {
        if (Count == _words.Length * BitsPerWord)
        {
            Reserve(Math.Max(Count * 2, BitsPerWord));
        }

        var bit = 1UL << (Count % BitsPerWord);
        ref var word = ref _words[Count / BitsPerWord];
        word = isKept ? word | bit : word & ~bit;
        Count++;
        Kept += isKept ? 1 : 0;
        KeepsTombstone |= isKept && !hasValue;
    }

    public void KeepAll(int count)
    {
        for (var index = 0; index < count; index++)
        {
            Add(isKept: true, hasValue: true);
        }
    }

    public bool Keeps(int index) => (_words[index / BitsPerWord] & (1UL << (index % BitsPerWord))) != 0;

    private void Reserve(int records)
    {
        var words = (records + BitsPerWord - 1) / BitsPerWord;
        if (words > _words.Length)
        {
            Array.Resize(ref _words, words);
        }
    }
}
