using System.Globalization;
using Spate.Cli.Output;

namespace Spate.Cli.Running;

/// <summary>Puts progress into one line: a bar and a share where the end is known, the count, the rate, and the time that is left. Not safe for use by several threads at once.</summary>
internal sealed class ProgressMeter(TimeProvider clock)
{
    private const int BarWidth = 20;

    /// <summary>Of so many looks the rate is made: work that becomes slower shows it soon.</summary>
    private const int LooksKept = 10;

    private readonly Queue<(long At, long Done)> _looks = new([(clock.GetTimestamp(), 0)]);

    public string Tell(Progress progress)
    {
        var now = clock.GetTimestamp();
        var first = _looks.Peek();
        _looks.Enqueue((now, progress.Done));
        if (_looks.Count > LooksKept)
        {
            _looks.Dequeue();
        }

        var seconds = clock.GetElapsedTime(first.At, now).TotalSeconds;
        var rate = seconds > 0 ? Math.Max(0, progress.Done - first.Done) / seconds : 0;
        var words = new List<string>();
        if (progress.Total is { } total and > 0)
        {
            var share = Math.Clamp((double)progress.Done / total, 0, 1);
            var filled = (int)(share * BarWidth);
            words.Add(string.Create(CultureInfo.InvariantCulture, $"[{new string('#', filled)}{new string('.', BarWidth - filled)}] {Math.Floor(share * 100),3:0} %"));
        }

        words.Add($"{Count(progress, progress.Done)}{(progress.Total is { } of ? $" of {Count(progress, of)}" : "")} {progress.What}");
        if (progress.Remark.Length > 0)
        {
            words.Add(progress.Remark);
        }

        if (rate > 0)
        {
            words.Add($"{Count(progress, (long)rate)}/s");
            if (progress.Total is { } end && end > progress.Done)
            {
                words.Add($"{Length(TimeSpan.FromSeconds(Math.Min((end - progress.Done) / rate, TimeSpan.FromDays(99).TotalSeconds)))} left");
            }
        }

        return string.Join("  ", words);
    }

    private static string Count(Progress progress, long number) => progress.IsBytes ? Wording.Size(number) : number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Length(TimeSpan time) => time switch
    {
        { TotalSeconds: < 60 } => string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(time.TotalSeconds):0} s"),
        { TotalHours: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{time.Minutes} min {time.Seconds} s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(time.TotalHours):0} h {time.Minutes} min"),
    };
}
