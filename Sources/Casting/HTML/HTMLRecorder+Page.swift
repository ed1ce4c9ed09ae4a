import Screen

// The fixed parts of a page: its style, its controls and its player.

extension HTMLRecorder {
  /// The looks of the page. Without the class `js` it is a document that scrolls; with it, a player
  /// that fills the window.
  static let style = """
    *{box-sizing:border-box}
    body{margin:0;background:var(--frame);color:var(--ink);font:1rem/1.4 system-ui,sans-serif}
    #stage svg{display:block;width:100%;height:auto;max-height:100vh}
    #caption{margin:0;padding:.5em 1rem;text-align:center;font-weight:600;line-height:1.3;\
    font-size:clamp(1rem,2.3vw,2.6rem);background:var(--paper)}
    #notes,#list{padding:.5rem 1.5rem}
    button svg{width:1rem;height:1rem;display:block;fill:currentColor}
    h2{font-size:1rem;margin:.3em 0}
    #bar,#help{display:none}
    button{font:inherit;color:inherit;background:none;border:1px solid transparent;border-radius:4px;\
    padding:.3em .6em;cursor:pointer}
    button:hover{border-color:currentColor}
    button:focus-visible,input:focus-visible{outline:2px solid currentColor;outline-offset:1px}
    #list ol{list-style:none;margin:0;padding:0}
    #list button{display:flex;gap:1em;text-align:left;width:100%}
    #list [aria-current] button{background:var(--paper);font-weight:600}
    .time{font-variant-numeric:tabular-nums;white-space:nowrap}
    @media screen{
    .js body{display:flex;flex-flow:column;height:100vh;overflow:hidden}
    .js #stage{flex:1;min-height:0;cursor:pointer}
    .js #stage svg{height:100%}
    .js .f{display:none}.js .f.on{display:inline}
    .js #caption{flex:none;height:3.6em;overflow:auto;display:flex;align-items:center;\
    justify-content:center}
    .js #bar{display:flex;flex:none;gap:.2rem;align-items:center;padding:.2rem .6rem}
    .js #seek{flex:1;min-width:4rem;accent-color:var(--ink)}
    .js [hidden],.js #list:not(.open){display:none!important}
    .js #list,.js #help.open{display:block;position:fixed;right:0;top:0;bottom:0;\
    width:min(30rem,90vw);overflow:auto;background:var(--frame);border-left:1px solid;padding:1rem}
    .js #notes{flex:none;max-height:30vh;overflow:auto;border-top:1px solid;font-size:1.1rem}
    .js #notes p{display:none}.js #notes p.on{display:block}
    }
    @media not screen{.js .f:not(.on){display:none}}
    dl{display:grid;grid-template-columns:auto 1fr;gap:.3em 1em;margin:0}dd{margin:0}
    kbd{font:inherit;font-weight:600}
    """

  /// The row of controls; shown where scripts run.
  static let controls = """
    <div id="bar">
    <button type="button" id="back" title="Previous marker ([)" aria-label="Previous marker">\
    <svg viewBox="0 0 16 16"><path d="M3 2h2v12h-2zM14 2v12l-9-6z"/></svg></button>
    <button type="button" id="play" title="Play or pause (Space)" aria-label="Play">\
    <svg viewBox="0 0 16 16"><path id="icon" d="M3 1l11 7l-11 7z"/></svg></button>
    <button type="button" id="on" title="Next marker (])" aria-label="Next marker">\
    <svg viewBox="0 0 16 16"><path d="M11 2h2v12h-2zM2 2l9 6l-9 6z"/></svg></button>
    <input type="range" id="seek" min="0" value="0" step="1" aria-label="Time">
    <span id="clock" class="time"></span>
    <span id="speed" class="time"></span>
    <button type="button" id="markers" title="List of markers (m)">Markers</button>
    <button type="button" id="keys" title="Keys (?)">Keys</button>
    </div>
    """

  /// The list of keys.
  static func help(hasNotes: Bool) -> String {
    let keys =
      [
        ("Space", "play or pause; at the end, from the beginning"),
        ("Right, Left", "next and previous picture"),
        ("] or n, [ or p", "next and previous marker"),
        ("Page Down, Page Up", "the same, as a presenter's remote sends them"),
        ("Home, End", "first and last picture"), ("+, -", "faster, slower"),
        ("0 to 9", "to that tenth of the recording"),
        ("m", "list of markers"), ("c", "caption on or off"),
      ] + (hasNotes ? [("s", "presenter notes")] : []) + [
        ("f", "full screen"), ("?", "this list"), ("Esc", "close what is open"),
      ]
    let rows = keys.map { "<dt><kbd>\($0.0.escapedForXML)</kbd></dt><dd>\($0.1)</dd>" }
    return
      "<section id=\"help\" aria-label=\"Keys\"><h2>Keys</h2><dl>\(rows.joined())</dl></section>"
  }

  /// The player. It reads the markers from the list, and writes text, never HTML.
  static let script = """
    (function(){
    "use strict";
    function $(name){return document.getElementById(name);}
    function all(what){return [].slice.call(document.querySelectorAll(what));}
    var groups=all("#stage .f"),items=all("#list li"),notes=all("#notes p");
    var starts=items.map(function(e){return +e.dataset.t;});
    var marks=starts.filter(function(t,i){return i===0||t!==starts[i-1];});
    var now=0,shown=0,playing=false,speed=1,before=0,words=null;
    var speeds=[.25,.5,1,1.5,2,4,8];
    function last(list,time){
      var low=0,high=list.length;
      while(low<high){var mid=(low+high)>>1;if(list[mid]<=time)low=mid+1;else high=mid;}
      return low-1;
    }
    function text(ms){
      var s=Math.floor(ms/1000);
      return Math.floor(s/60)+":"+(s%60<10?"0":"")+s%60;
    }
    function draw(){
      var target=last(times,now);
      while(shown<target)groups[shown++].classList.add("on");
      while(shown>target)groups[--shown].classList.remove("on");
      var time=starts[last(starts,now)],said=[];
      items.forEach(function(e,i){
        var is=starts[i]===time;
        if(is)said.push(e.querySelector("span+span").textContent);
        if(is)e.setAttribute("aria-current","step");else e.removeAttribute("aria-current");
      });
      said=said.slice(0,2).join(" ")+(said.length>2?" (and "+(said.length-2)+" more)":"");
      if(said!==words){words=said;$("caption").textContent=said;}
      var note=notes.filter(function(e){return +e.dataset.t<=now;}).pop();
      notes.forEach(function(e){
        e.classList.toggle("on",!!note&&e.dataset.t===note.dataset.t);
      });
      $("seek").value=now;
      $("seek").setAttribute("aria-valuetext",text(now));
      $("clock").textContent=text(now)+" / "+text(length);
      $("speed").textContent=speed===1?"":speed+"x";
      $("icon").setAttribute("d",playing?"M3 2h4v12h-4zM9 2h4v12h-4z":"M3 1l11 7l-11 7z");
      $("play").setAttribute("aria-label",playing?"Pause":"Play");
    }
    function go(time,keeps){
      if(!keeps)playing=false;
      now=Math.max(0,Math.min(length,time));
      draw();
    }
    function frame(at){
      if(!playing)return;
      now=Math.min(length,now+(at-before)*speed);
      before=at;
      if(now>=length)playing=false;
      draw();
      if(playing)requestAnimationFrame(frame);
    }
    function play(){
      playing=!playing;
      if(playing){
        if(now>=length)now=0;
        requestAnimationFrame(function(at){before=at;frame(at);});
      }
      draw();
    }
    function step(way){
      var here=last(times,now);
      if(way<0&&now>times[here])go(times[here]);
      else go(times[Math.max(0,Math.min(times.length-1,here+way))]);
    }
    function mark(way){
      var next;
      if(way>0)next=marks.filter(function(t){return t>now;})[0];
      else next=marks.filter(function(t){return t<(playing?now-1000:now);}).pop();
      go(next===undefined?(way>0?length:0):next,playing&&next!==undefined);
    }
    function faster(way){
      speed=speeds[Math.max(0,Math.min(speeds.length-1,speeds.indexOf(speed)+way))];
      draw();
    }
    function open(name){
      var was=$(name)&&$(name).classList.contains("open");
      ["list","help"].forEach(function(n){if($(n))$(n).classList.remove("open");});
      if(!was&&$(name))$(name).classList.add("open");
      if(!was&&name==="list"){
        var current=document.querySelector("#list [aria-current] button")
          ||document.querySelector("#list button");
        if(current)current.focus();
      }
    }
    function full(){
      if(document.fullscreenElement)document.exitFullscreen();
      else if(document.documentElement.requestFullscreen)
        document.documentElement.requestFullscreen();
    }
    var keys={" ":play,k:play,ArrowRight:function(){step(1);},ArrowLeft:function(){step(-1);},
      ".":function(){step(1);},",":function(){step(-1);},
      "]":function(){mark(1);},n:function(){mark(1);},PageDown:function(){mark(1);},
      "[":function(){mark(-1);},p:function(){mark(-1);},PageUp:function(){mark(-1);},
      Home:function(){go(0);},End:function(){go(length);},
      "+":function(){faster(1);},"=":function(){faster(1);},"-":function(){faster(-1);},
      m:function(){open("list");},"?":function(){open("help");},f:full,
      c:function(){if(items.length)$("caption").hidden=!$("caption").hidden;},
      s:function(){if(notes.length)$("notes").hidden=!$("notes").hidden;},
      Escape:function(){["list","help"].forEach(function(n){
        if($(n))$(n).classList.remove("open");});}};
    document.addEventListener("keydown",function(e){
      if(e.ctrlKey||e.altKey||e.metaKey)return;
      if(/^[0-9]$/.test(e.key)){go(length*e.key/10,playing);e.preventDefault();return;}
      if(!Object.prototype.hasOwnProperty.call(keys,e.key))return;
      // Space on a button of the list is the button's.
      if(e.key===" "&&e.target.closest&&e.target.closest("button"))return;
      keys[e.key]();
      e.preventDefault();
    });
    // After a click the keys are the player's again.
    all("#bar button").forEach(function(b){
      b.addEventListener("click",function(e){if(e.detail)b.blur();});
    });
    $("play").addEventListener("click",play);
    $("back").addEventListener("click",function(){mark(-1);});
    $("on").addEventListener("click",function(){mark(1);});
    $("markers").addEventListener("click",function(){open("list");});
    $("markers").hidden=!items.length;
    $("keys").addEventListener("click",function(){open("help");});
    $("seek").max=length;
    $("seek").addEventListener("input",function(){go(+$("seek").value);});
    $("stage").addEventListener("click",play);
    items.forEach(function(e,i){
      e.querySelector("button").addEventListener("click",function(){go(starts[i]);});
    });
    // talk.html#75 begins at 75 seconds.
    go((parseFloat(location.hash.slice(1))||0)*1000);
    })();
    """
}
