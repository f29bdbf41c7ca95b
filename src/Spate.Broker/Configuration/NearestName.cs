namespace Spate.Broker.Configuration;

/// <summary>Finds what was probably meant by a name that nobody knows.</summary>
public static class NearestName
{
    /// <summary>The known name that takes the fewest changed letters, or null where none is near enough to be what was meant.</summary>
    public static string? Of(string name, IEnumerable<string> known)
    {
        var most = Math.Max(1, name.Length / 3);
        string? nearest = null;
        foreach (var other in known)
        {
            if (Math.Abs(other.Length - name.Length) <= most && Distance(name, other) is var distance && distance <= most)
            {
                (nearest, most) = (other, distance - 1);
            }
        }

        return nearest;
    }

    /// <summary>How many letters must be put in, left out or changed to make one name of the other.</summary>
    private static int Distance(string left, string right)
    {
        var previous = new int[right.Length + 1];
        var current = new int[right.Length + 1];
        for (var column = 0; column <= right.Length; column++)
        {
            previous[column] = column;
        }

        for (var row = 1; row <= left.Length; row++)
        {
            current[0] = row;
            for (var column = 1; column <= right.Length; column++)
            {
                var change = previous[column - 1] + (left[row - 1] == right[column - 1] ? 0 : 1);
                current[column] = Math.Min(change, Math.Min(previous[column], current[column - 1]) + 1);
            }

            (previous, current) = (current, previous);
        }

        return previous[right.Length];
    }
}
