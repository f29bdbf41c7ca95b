namespace Spate.Cli.Output;

/// <summary>
/// Rows of a result under named columns. A cell is null, a text, a number, a truth value, a <see cref="DateTimeOffset"/>, or a list of numbers or texts.
/// </summary>
/// <param name="name">The name among the parts of a result, as JSON has it.</param>
/// <param name="columns">The columns; the first one names the row.</param>
internal sealed class Listing(string name, params Column[] columns)
{
    private readonly List<object?[]> _rows = [];

    public string Name { get; } = name;

    public IReadOnlyList<Column> Columns { get; } = columns;

    public IReadOnlyList<object?[]> Rows => _rows;

    /// <summary>Whether it tells of one thing: a line for each column rather than a row, and in JSON an object rather than a list.</summary>
    public bool IsRecord { get; private init; }

    /// <summary>The facts of one thing.</summary>
    public static Listing Record(string name, params (Column Column, object? Value)[] facts)
    {
        var listing = new Listing(name, [.. facts.Select(static fact => fact.Column)]) { IsRecord = true };
        listing.Add([.. facts.Select(static fact => fact.Value)]);
        return listing;
    }

    public void Add(params object?[] cells)
    {
        if (cells.Length != Columns.Count)
        {
            throw new ArgumentException($"A row of {cells.Length} cells was given to the {Columns.Count} columns of '{Name}'.", nameof(cells));
        }

        _rows.Add(cells);
    }
}
