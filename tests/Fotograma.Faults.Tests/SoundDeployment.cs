using System.Globalization;
using System.Text;
using Fotograma.Faults.Checking;
using Fotograma.Faults.Deployments;
using Fotograma.Faults.Load;
using Fotograma.Faults.Trials;
using Fotograma.Peers.Postgres;

namespace Fotograma.Faults.Tests;

/// <summary>
/// What a small deployment without any fault left behind, with its processes gone, so that nobody repairs anything. Each test takes a copy of its databases, blobs
/// and mails and spoils that.
/// </summary>
public sealed class SoundDeployment : IAsyncLifetime
{
    private const int Videos = 3;
    private readonly Crowd crowd = new();
    private Deployment? deployment;
    private int copies;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>What the checker said of it when it was at rest.</summary>
    internal Verdict Verdict { get; private set; } = new();

    internal static Mishap NoMishap { get; } = new("F0", "nothing", _ => Task.CompletedTask) { Carrier = CarrierKind.Database };

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        var carrier = await Carrier.StartAsync(CarrierKind.Database, Cancellation);
        deployment = await Deployment.StartAsync(Product.Program, NoMishap, await PostgresPeer.SharedAsync(), carrier, Cancellation);
        await crowd.JoinAsync(deployment.Address, 1, Cancellation);
        await crowd.UploadAsync((await Clips.MakeAsync(Cancellation)).Short, Videos, 1, Cancellation);
        Verdict = await new Checker(deployment.Truth, deployment.Blobs, deployment.Mails, crowd.Promises).CheckAsync(NoMishap, deployment, Cancellation);
        await deployment.KillAllAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (deployment is not null) await deployment.DisposeAsync();
        crowd.Dispose();
    }

    private static Promises PromisesOf(Crowd crowd)
    {
        var promises = new Promises();
        for (var upload = 0; upload < crowd.Promises.Attempted; upload++) promises.Attempt();
        foreach (var (job, video) in crowd.Promises.Accepted) promises.Accept(job, video, crowd.Promises.Asked[job]);
        return promises;
    }

    /// <summary>A copy to be spoilt: blobs, mails and, where they are to be, the rows.</summary>
    internal async Task<SpoiltCopy> CopyAsync(bool rows = false)
    {
        var number = rows ? Interlocked.Increment(ref copies).ToString(CultureInfo.InvariantCulture) : "";
        var room = deployment!.Room;
        foreach (var name in rows ? (string[])["video", "notify"] : [])
            await room.Server.ExecuteAsync($"CREATE DATABASE {room.Prefix}{name}{number} TEMPLATE {room.Prefix}{name}");
        var folder = Directory.CreateTempSubdirectory("fotograma-spoilt-").FullName;
        foreach (var file in Directory.EnumerateFiles(deployment.BlobFolder, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(folder, Path.GetRelativePath(deployment.BlobFolder, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
        var truth = new SqlTruth(new PostgresEngine(room.ConnectionStringOf($"video{number}"), room.ConnectionStringOf($"notify{number}")));
        return new SpoiltCopy(truth, folder, new MailLog(deployment.Mails.Mails), PromisesOf(crowd)) { Job = (await truth.JobsAsync(Cancellation)).MinBy(job => job.Id)! };
    }
}

/// <summary>A copy of a sound deployment, and every way to spoil it behind the checker's back.</summary>
internal sealed class SpoiltCopy(SqlTruth truth, string folder, MailLog mails, Promises promises) : IDisposable
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>A job, completed, whose life is to be spoilt.</summary>
    public required JobTruth Job { get; init; }

    public BlobFolder Blobs { get; } = new(folder);

    public MailLog Mails { get; private set; } = mails;

    /// <summary>What the people of the copy were promised.</summary>
    public Promises Promises => promises;

    /// <summary>Names of the job in a statement: its id, its video.</summary>
    private string Named(string sql) => sql.Replace("JOB", $"'{Job.Id}'", StringComparison.Ordinal).Replace("VIDEO", $"'{Job.VideoId}'", StringComparison.Ordinal);

    /// <summary>A write to the ledger as the program could do it: the database's witness sees it.</summary>
    public Task WriteAsync(string sql) => truth.ExecuteAsync(Named(sql), Cancellation);

    /// <summary>A change of the ledger that no witness sees.</summary>
    public Task ForgeAsync(string sql) => truth.ExecuteAsync($"SET session_replication_role = replica; {Named(sql)}", Cancellation);

    public Task WriteNoticesAsync(string sql) => truth.ExecuteOnNoticesAsync(Named(sql), Cancellation);

    public Task RemoveAsync(string key) => Blobs.RemoveAsync(key, Cancellation);

    public Task SpoilAsync(string key) => Blobs.SpoilAsync(key, Cancellation);

    public void Put(string key)
    {
        var path = Path.Combine(folder, key);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "left behind");
    }

    public void Edit(string key, string from, string to)
    {
        var path = Path.Combine(folder, key);
        var text = File.ReadAllText(path);
        text.ShouldContain(from);
        File.WriteAllText(path, text.Replace(from, to, StringComparison.Ordinal));
    }

    /// <summary>One more mail, as it comes over the wire.</summary>
    public int Send(string messageId, string subject, Guid? video = null, int life = 0, string? to = null) => Mails.Take(new MemoryStream(Encoding.ASCII.GetBytes(
        $"From: Fotograma <{MailLog.SenderOf(life)}>\r\nTo: {to ?? promises.Asked[Job.Id].Owner}\r\nMessage-Id: <{messageId}>\r\nSubject: {subject}\r\nContent-Type: text/plain\r\n\r\n"
        + $"http://localhost/videos/{video ?? Job.VideoId}\r\n")));

    /// <summary>The very same mail once more, from another life.</summary>
    public int SendAgain(SentMail mail, int life) => Send(mail.MessageId, "Your frames are ready: clip.mp4", mail.Video, life, mail.To);

    public void ForgetMails() => Mails = new MailLog();

    public Task<Verdict> JudgeAsync(Mishap? mishap = null) => new Checker(truth, Blobs, Mails, promises).JudgeAsync(mishap ?? SoundDeployment.NoMishap, Cancellation);

    public Task<List<Lease>> LeasedAsync() => truth.LeasedAsync(Cancellation);

    public async Task<NoticeTruth> NoticeAsync() => (await truth.NoticesAsync(Cancellation)).Single(notice => notice.Job == Job.Id);

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
